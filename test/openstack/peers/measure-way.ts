import { loadavg } from "node:os";
import { isDeepStrictEqual } from "node:util";
import type { Run } from "../../e2e/project.ts";
import { type Cloud, nothing } from "../cloud.ts";
import type { Entity } from "../lab/admin-api.ts";
import { waitUntil } from "../lab/wait.ts";
import { type Availability, availabilityIn, FrontWatch, frontServers, poolMembers } from "./front-watch.ts";
import { errorOf, type Way } from "./way.ts";

/** What the shop's settings ask for. */
const normal = { fronts: 2 } as const;
const rush = { fronts: 3, flavor: "b2-15-flex" } as const;

/** Octavia takes a front back after some checks: longer than that is a front that does not come back. */
const settleSeconds = 120;

export interface Measured extends Availability {
  readonly name: string;
  /** Wall time of the first creation, seconds. */
  readonly creationSeconds: number;
  /** Processes that wanted a core in the last minute of it: more than there are cores, and the machine was the limit. */
  readonly creationLoad: number;
  /** Hosts that the fronts were placed on then; one that fails takes its fronts with it. */
  readonly hosts: number;
  /** Wall time of the switch's command, seconds. */
  readonly switchSeconds: number;
  /** From the beginning of the switch until each front of rush serves, seconds; undefined: not all did. */
  readonly servingSeconds: number | undefined;
  /** What has another id after the switch: kind and name. */
  readonly replaced: readonly string[];
  /** Whether the command succeeded and rush is what it left. */
  readonly done: boolean;
  readonly outcome: string;
}

export interface MeasureArgs {
  readonly tell: (text: string) => void;
  readonly signal: AbortSignal;
  /** Called in each profile, once nothing is measured. */
  readonly onProfile?: (profile: "normal" | "rush") => Promise<void>;
}

/** Creates, switches and deletes the shop in one way; nothing is left of it. @throws when it cannot be created or deleted */
export async function measureWay(way: Way, args: MeasureArgs): Promise<Measured> {
  const measured = await createAndSwitch(way, args).catch(async (error: unknown) => {
    // What failed first counts: what cannot be deleted then is only told.
    const left = await clear(way, args);
    if (left !== undefined) args.tell(left);
    throw error;
  });
  const left = await clear(way, args);
  if (left !== undefined) throw new Error(left);
  return measured;
}

/** Deletes everything and forgets the state. Gives what was left, or why. */
async function clear(way: Way, { tell }: MeasureArgs): Promise<string | undefined> {
  tell(`${way.name}: deleting`);
  const run = await way.destroy();
  const left = await way.cloud.count();
  await way.close();
  if (run.code !== 0) return `${way.name}: deleting failed: ${errorOf(run)}`;
  return isDeepStrictEqual(left, nothing) ? undefined : `${way.name} left ${JSON.stringify(left)}`;
}

async function createAndSwitch(way: Way, { tell, signal, onProfile }: MeasureArgs): Promise<Measured> {
  const { cloud, name } = way;
  tell(`${name}: creating`);
  const creation = await timed(() => way.create());
  const [creationLoad = 0] = loadavg();
  if (creation.run.code !== 0) throw new Error(`${name}: the creation failed: ${errorOf(creation.run)}`);
  const settling = await FrontWatch.start(cloud);
  await untilEveryoneServes(settling, normal.fronts, signal);
  await settling.stop();
  await way.requireSettled();
  await onProfile?.("normal");

  const hosts = new Set((await frontServers(cloud)).map((one) => one["OS-EXT-SRV-ATTR:host"])).size;
  const before = await identities(cloud);
  tell(`${name}: switching`);
  const watch = await FrontWatch.start(cloud);
  const began = performance.now();
  const change = await timed(() => way.rush());
  const everyoneServes = await untilEveryoneServes(watch, rush.fronts, signal).then(
    () => true,
    () => false,
  );
  const servingSeconds = (performance.now() - began) / 1000;
  const availability = availabilityIn(await watch.stop());
  signal.throwIfAborted();
  const replaced = replacedIn(before, await identities(cloud));
  await onProfile?.("rush");
  const wrong = (await frontServers(cloud)).filter((one) => flavorOf(one) !== rush.flavor).map(({ name }) => name);
  const done = change.run.code === 0 && everyoneServes && wrong.length === 0;
  return {
    name,
    creationSeconds: creation.seconds,
    creationLoad,
    hosts,
    switchSeconds: change.seconds,
    servingSeconds: everyoneServes ? servingSeconds : undefined,
    ...availability,
    replaced,
    done,
    outcome: done ? "done" : outcomeOf(change.run, everyoneServes, wrong),
  };
}

async function timed(run: () => Promise<Run>): Promise<{ readonly run: Run; readonly seconds: number }> {
  const began = performance.now();
  return { run: await run(), seconds: (performance.now() - began) / 1000 };
}

function untilEveryoneServes(watch: FrontWatch, fronts: number, signal: AbortSignal): Promise<void> {
  const what = `${fronts} fronts in the pool, each of them serving`;
  return waitUntil({ what, seconds: settleSeconds, signal }, () => Promise.resolve(watch.everyoneServes(fronts)));
}

/** Kind and name of everything -> its id. An address and some ports have no name, and are what they are. */
async function identities(cloud: Cloud): Promise<ReadonlyMap<string, string>> {
  const everything = { ...(await cloud.everything()), members: await poolMembers(cloud) };
  return new Map(
    Object.entries(everything).flatMap(([kind, all]) =>
      all.map(({ id, name, floating_ip_address: address }) => [`${kind} ${name || (address ?? id)}`, id] as const),
    ),
  );
}

function replacedIn(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...before].filter(([key, id]) => after.get(key) !== id).map(([key]) => key);
}

function flavorOf({ flavor }: Entity): unknown {
  return (flavor as { readonly original_name?: string } | undefined)?.original_name;
}

function outcomeOf(run: Run, everyoneServes: boolean, wrong: readonly unknown[]): string {
  if (run.code !== 0) return `failed: ${errorOf(run)}`;
  if (wrong.length > 0) return `ended with 0, but ${wrong.join(", ")} have another size`;
  return everyoneServes ? "done" : `ended with 0, but not every front serves after ${settleSeconds} s`;
}
