import { databaseConnections, findDatabasePlan, findInstance, findRegion } from "../../clouds/ovh/offers.ts";
import { defaultPriceBook, findPriceBook } from "../../clouds/ovh/price-books.ts";
import type { EventRule } from "../../domain/calendar/model.ts";
import { lastDayOf } from "../../domain/calendar/windows.ts";
import { type CostLine, estimateItems } from "../../domain/cost.ts";
import { longestGapSeconds } from "../../domain/cron.ts";
import type { MonthlyBill, PolicyFacts } from "../../domain/policy/facts.ts";
import type { Profile } from "../../domain/profile.ts";
import { partNames } from "./address-plan.ts";
import { frontConnections, odooConnections } from "./front-capacity.ts";
import { fleetOf, planLor } from "./plan.ts";
import { planItems } from "./plan-items.ts";
import type { LorPlan, Part } from "./plan-model.ts";
import { assessDataLoss } from "./recovery.ts";
import type { CopySettings, LorSettings } from "./settings.ts";

interface PartialPair {
  readonly normal: Partial<LorSettings>;
  readonly rush: Partial<LorSettings>;
}

/** Setting that shortens the loss of a data set. */
export const lossRemedies: Readonly<Record<string, string>> = Object.freeze({
  "erp-filestore": "odoo.filestore.copyEvery",
  "shop-images": "storage.copy.copyEvery",
});

const millisecondsOfDay = 86_400_000;

/** Facts of settings that may be incomplete: each fact as soon as its sections are valid. */
export function factsOfSettings({ normal, rush }: PartialPair): Partial<PolicyFacts> {
  const shared = { ...rush, ...normal };
  return {
    ...recoveryOf(shared),
    ...(shared.region === undefined ? {} : { places: placesOf(shared.region) }),
    ...(normal.prestashop === undefined || rush.prestashop === undefined
      ? {}
      : {
          fronts: {
            count: { normal: normal.prestashop.fronts, rush: rush.prestashop.fronts },
            setting: "prestashop.fronts",
          },
        }),
  };
}

/** Facts that need a Plan. The settings must have passed every other rule. */
export function factsOfPlans(
  settings: Readonly<Record<Profile, LorSettings>>,
  today: string,
): Pick<
  PolicyFacts,
  "holders" | "databases" | "connections" | "ports" | "remoteAccess" | "spread" | "bill" | "priceBooks" | "calendar"
> {
  const plans = { normal: planProfile(settings, "normal"), rush: planProfile(settings, "rush") };
  const { budget, priceBookAge } = settings.normal.policies;
  const months = [priceOf(plans.normal, "normal"), priceOf(plans.rush, "rush")];
  return {
    holders: holdersOf(plans.rush),
    databases: [plans.rush.mysql, plans.rush.postgresql].map(({ engine, allowedFrom }) => ({
      setting: engine,
      allowedFrom,
    })),
    // The larger profile: every state of a switch has less.
    connections: connectionsOf(plans.rush),
    ports: portsOf(plans.rush),
    remoteAccess: { setting: "access.allowFrom", allowFrom: plans.rush.access?.allowFrom ?? [] },
    spread: { setting: "prestashop", groupPolicy: plans.rush.shop.groupPolicy },
    bill: { budget, months: months.map(({ books: _, ...month }) => month) },
    priceBooks: {
      mostDays: Math.floor(priceBookAge.milliseconds / millisecondsOfDay),
      carriesBudget: budget !== undefined,
      books: [...new Set(months.flatMap(({ books }) => books))].map((id) => ageOf(id, today)),
    },
    calendar: { events: settings.normal.calendar.events.map((event) => reachOf(event, today)) },
  };
}

/** Cloud names are irrelevant: no policy judges them. */
function planProfile(settings: Readonly<Record<Profile, LorSettings>>, profile: Profile): LorPlan {
  return planLor({ project: "lor", stack: "prod", settings, fleet: fleetOf(settings[profile]), profile });
}

function recoveryOf(settings: Partial<LorSettings>): Partial<Pick<PolicyFacts, "recovery">> {
  const { rpo, prestashop, loadBalancer, odoo, mysql, postgresql, storage, backups } = settings;
  if (rpo === undefined || prestashop === undefined || loadBalancer === undefined || odoo === undefined) return {};
  if (mysql === undefined || postgresql === undefined || storage === undefined || backups === undefined) return {};
  if (!isSchedule(backups.instances.cron)) return {};
  const losses = assessDataLoss({
    filestore: secondsOf(odoo.filestore),
    imagesCopy: secondsOf(storage.copy),
    backupCron: backups.instances.cron,
    retentionDays: {
      mysql: findDatabasePlan(mysql.plan)?.retentionDays ?? 0,
      postgresql: findDatabasePlan(postgresql.plan)?.retentionDays ?? 0,
    },
    fronts: fleetOf({ prestashop, loadBalancer }).fronts.map((front) => front.name),
  });
  return { recovery: { rpoSeconds: rpo.inSeconds(), losses, settings: lossRemedies } };
}

/** Data sets that must hold the RPO; the data-loss statement promises that all of them survive the loss of their region. */
function placesOf(region: LorSettings["region"]): PolicyFacts["places"] {
  const area = findRegion(region.compute)?.area ?? region.compute;
  const place = (dataSet: string, from: string) => ({
    dataSet,
    region: from,
    copyRegions: [region.offsite],
    outlivesRegion: true,
    setting: "region.offsite",
  });
  return [
    place("shop-database", region.database),
    place("shop-images", region.storage),
    place("erp-database", region.database),
    place("erp-filestore", area),
  ];
}

function holdersOf(plan: LorPlan): PolicyFacts["holders"] {
  const items = planItems(plan);
  const holder = (dataSet: string, type: string, name: string, setting: string) => ({
    dataSet,
    resource: `${type} ${name}`,
    protected: items.some((item) => item.type === type && item.name === name && item.holdsData),
    setting,
  });
  return [
    holder("shop-database", "ovh:CloudProject/database:Database", "mysql", "mysql"),
    holder("shop-images", "ovh:CloudProject/storage:Storage", "images", "storage"),
    holder("erp-database", "ovh:CloudProject/database:Database", "postgresql", "postgresql"),
    holder("erp-filestore", "openstack:blockstorage/volume:Volume", "odoo-data", "odoo"),
    holder("the off-site copies", "ovh:CloudProject/storage:Storage", "copies", "storage"),
  ];
}

/** Connections of both applications to their databases in rush; a flavor whose limit is unknown is not judged. */
function connectionsOf({ shop, odoo, mysql, postgresql }: LorPlan): PolicyFacts["connections"] {
  const machineOf = (size: string) => findInstance(size) ?? { cores: 0, memoryMegabytes: 0 };
  const fronts = shop.fronts.map(({ name, size }) => ({
    name,
    connections: frontConnections(machineOf(size), shop.phpChildren),
  }));
  const { name, size } = odoo.server;
  const uses = [
    {
      ...mysql,
      clients: fronts,
      remedies: ["prestashop.fronts", "prestashop.frontsFlavor", "prestashop.phpChildren"],
    },
    { ...postgresql, clients: [{ name, connections: odooConnections(machineOf(size)) }], remedies: ["odoo.flavor"] },
  ];
  return uses.flatMap(({ engine, flavor, clients, remedies }) => {
    const limit = databaseConnections(engine, flavor);
    return limit === undefined ? [] : [{ setting: engine, profile: "rush", flavor, limit, clients, remedies }];
  });
}

function portsOf(plan: LorPlan): PolicyFacts["ports"] {
  const { firewalls } = plan.network;
  const groupOf = (part: Part) => firewalls.find((firewall) => firewall.part === partNames[part])?.cloudName;
  return [
    ...plan.shop.fronts.map(({ name }) => ({ server: name, group: groupOf("prestashop"), setting: "prestashop" })),
    { server: plan.odoo.server.name, group: groupOf("odoo"), setting: "odoo" },
    ...(plan.access === undefined
      ? []
      : [{ server: plan.access.bastion.name, group: groupOf("access"), setting: "access" }]),
  ];
}

function priceOf(plan: LorPlan, profile: Profile): MonthlyBill & { readonly books: readonly string[] } {
  const { total, outsideOfferTotal, lines, outsideOffer } = estimateItems(planItems(plan), defaultPriceBook());
  const all = [...lines, ...outsideOffer];
  const priced = (line: CostLine) => line.amount !== undefined;
  const known =
    total.known !== undefined && outsideOfferTotal.known !== undefined
      ? total.known.plus(outsideOfferTotal.known)
      : (total.known ?? outsideOfferTotal.known);
  return {
    profile,
    known,
    unpriced: all.filter((line) => !priced(line)).map(({ key }) => key),
    books: all.filter(priced).map(({ priceBook }) => priceBook),
  };
}

function ageOf(id: string, today: string): PolicyFacts["priceBooks"]["books"][number] {
  const { date } = requireBook(id);
  return { id, date, days: Math.floor((Date.parse(today) - Date.parse(date)) / millisecondsOfDay) };
}

function reachOf(event: EventRule, today: string): PolicyFacts["calendar"]["events"][number] {
  const lastDay = lastDayOf(event)?.toString();
  return { event: event.name, lastDay: lastDay !== undefined && lastDay < today ? lastDay : undefined };
}

function requireBook(id: string) {
  const book = findPriceBook(id);
  if (book === undefined) throw new RangeError(`no price book ${id}`);
  return book;
}

function secondsOf({ copyEvery, copyTimeout }: CopySettings) {
  return { copyEverySeconds: copyEvery.inSeconds(), copyTimeoutSeconds: copyTimeout.inSeconds() };
}

function isSchedule(cron: string): boolean {
  try {
    longestGapSeconds(cron);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
