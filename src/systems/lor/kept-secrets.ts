import { documentName } from "../../machines/document.ts";
import { guestSecretNames } from "../../machines/render-document.ts";
import type { KeptSecret } from "../contract.ts";
import { partNames } from "./address-plan.ts";
import type { LorPlan } from "./plan-model.ts";

const password = "random:index/randomPassword:RandomPassword";
const postgresqlUser = "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser";
const firstPassword = "adminPassword";
const instance = "openstack:compute/instance:Instance";

/** All secrets of a Plan's stack that an import cannot read from a resource. */
export function keptSecrets(plan: LorPlan): readonly KeptSecret[] {
  const fronts = plan.shop.fronts.map((front) => front.name);
  const odoo = plan.odoo.server.name;
  const user = (type: string, name: string, guests: readonly string[]): KeptSecret => ({
    type,
    name,
    output: "password",
    what: `password of the user of the database ${name}`,
    usedBy: [{ type, name }],
    writtenIn: { documents: guests.map(documentName), path: ["database", "password"] },
  });
  const administrator: KeptSecret = {
    ...user(postgresqlUser, "postgresql-administrator", [odoo]),
    what: "password of the administrator of the database postgresql",
    writtenIn: { documents: [documentName(odoo)], path: ["database", "administrator", "password"] },
  };
  const application = (owner: string, secret: string, guests: readonly string[]): KeptSecret => ({
    type: password,
    name: `${owner}-${secret}`,
    output: "result",
    what: `${secret} of ${owner}`,
    // A first password is used by the installation alone: what is installed has its administrators.
    usedBy: secret === firstPassword ? [] : guests.map((name) => ({ type: instance, name })),
    writtenIn: { documents: guests.map(documentName), path: ["secrets", secret] },
  });
  return [
    {
      type: password,
      name: "configuration",
      output: "result",
      what: "key of the addresses that machines fetch their configuration from",
      usedBy: [{ type: "openstack:objectstorage/container:Container", name: "configuration" }],
      writtenIn: "container-key",
    },
    user("ovh:CloudProjectDatabase/user:User", "mysql", fronts),
    user(postgresqlUser, "postgresql", [odoo]),
    ...(plan.postgresql.adoptAdministrator === true ? [administrator] : []),
    ...guestSecretNames.prestashop.map((secret) => application(partNames.prestashop, secret, fronts)),
    ...guestSecretNames.odoo.map((secret) => application(odoo, secret, [odoo])),
  ];
}
