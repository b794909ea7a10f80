import { defaultPriceBookId } from "../../clouds/ovh/price-books.ts";
import type { SystemDefinition } from "../contract.ts";
import { machineRoutes } from "./access.ts";
import { backupSources } from "./backup-sources.ts";
import { certificate } from "./certificate.ts";
import { wantedRecords } from "./dns.ts";
import { keptSecrets } from "./kept-secrets.ts";
import { fleetOf, planLor } from "./plan.ts";
import { planItems } from "./plan-items.ts";
import type { LorPlan } from "./plan-model.ts";
import { lossRemedies } from "./policy-facts.ts";
import { assessDataLoss, recoveryFacts } from "./recovery.ts";
import { adviseRecovery } from "./recovery-options.ts";
import { rolling } from "./rolling.ts";
import { findRefusals } from "./rules/index.ts";
import { findStackCollisions } from "./rules/stack-rules.ts";
import { explainUnknownKey } from "./rules/unknown-keys.ts";
import { lorSchema, profileSettings } from "./schema.ts";
import { settingOf } from "./setting-of.ts";
import type { LorSettings } from "./settings.ts";
import { renderProject } from "./template.ts";

/** A pastry shop and its administration on OVHcloud: PrestaShop fronts, Odoo, two managed databases. */
export const system: SystemDefinition<LorSettings, LorPlan> = {
  id: "lor",
  title: "A shop and its administration on OVHcloud",
  cloud: "ovh",
  priceBook: defaultPriceBookId,
  schema: lorSchema,
  profileSettings,
  certificate,
  mail: { variable: "LOR_MAIL_PASSWORD_FILE", user: ({ mail }) => mail?.user },
  dns: wantedRecords,
  explainUnknownKey,
  judge: findRefusals,
  collisions: findStackCollisions,
  region: ({ region }) => region.compute,
  fleetOf,
  plan: planLor,
  items: planItems,
  dataLoss: (plan, out) => assessDataLoss(recoveryFacts(plan, out)),
  async build(plan, options) {
    // Pulumi's SDKs take half a second to load.
    const { buildLor } = await import("./build.ts");
    return await buildLor(plan, options);
  },
  template: renderProject,
  settingOf,
  keptSecrets,
  configuration: ({ storage: { configuration } }) => ({ region: configuration.region, name: configuration.cloudName }),
  capabilities: {
    rolling,
    access: {
      routes: machineRoutes,
      storesLogs: ({ logs }) => logs !== undefined && logs.server === undefined,
      isMember: (name) => rolling.memberOf(name) === name,
    },
    recovery: {
      lossRemedies,
      backupSources,
      advise: (plan, rpoSeconds, kept) => adviseRecovery(recoveryFacts(plan), rpoSeconds, kept),
    },
  },
};
