/**
 * `npm run test:openstack [-- [--all] [--unseen N] [--keep] [--record] [vitest's arguments]]`: installs what is needed, starts a real OpenStack on loopback, runs
 * the tests on it, stops it. With --all also those that work on a whole shop, which take half an hour. With --unseen N only as many sequences of operations
 * by new seeds, or by the given ones (`--unseen ports-4711,keys-815`), on OpenStack and on the local cloud; with --all these besides. With --keep it is left
 * running. With --record the answers to the recorded sequences are written down, instead of compared.
 */
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { drawUnseen } from "./differential/draw-unseen.ts";
import { parseTitles } from "./differential/sequences.ts";
import { Progress } from "./lab/progress.ts";
import { type Running, withOpenStack } from "./with-openstack.ts";

const own = { all: "--all", keep: "--keep", record: "--record", unseen: "--unseen" };

const given = process.argv.slice(2);
const keep = given.includes(own.keep);
const record = given.includes(own.record);
const unseen = takeUnseen();
const forVitest = given.filter((argument) => !Object.values(own).includes(argument));
/** Who names a file wants that one. */
const wholeShops = given.includes(own.all) || forVitest.some((argument) => !argument.startsWith("-"));
if (unseen !== undefined && !wholeShops) forVitest.push("test/openstack/differential/unseen.test.ts");
const testMinutes = (wholeShops ? 90 : 20) + (unseen === undefined ? 0 : 40);

await withOpenStack({ keep, progress: new Progress(), run: runTests });

/** Vitest, in a process group of its own, so that it can be ended whole. */
async function runTests({ place, progress, signal }: Running): Promise<number> {
  if (unseen !== undefined) progress.tell(`the same again: npm run test:openstack -- --unseen ${unseen}`);
  else if (!wholeShops) progress.tell("the tests on whole shops are left out: npm run test:openstack -- --all");
  const child = spawn("vitest", ["run", "--config", "test/openstack/vitest.config.ts", ...forVitest], {
    stdio: "inherit",
    detached: true,
    env: {
      ...process.env,
      LOR_INFRA_OPENSTACK_FOLDER: place.folder,
      ...(record ? { LOR_INFRA_TEST_RECORD: "yes" } : {}),
      ...(unseen === undefined ? {} : { LOR_INFRA_TEST_UNSEEN: unseen }),
      ...(wholeShops ? {} : { LOR_INFRA_TEST_NO_SHOPS: "yes" }),
    },
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(testMinutes * 60_000)]);
  const end = async () => {
    progress.tell(signal.aborted ? "stopping" : `the tests took more than ${testMinutes} minutes; stopping`);
    signalGroup(child.pid, "SIGTERM");
    await Promise.race([ended, pause(10_000, undefined, { ref: false })]);
    if (child.exitCode === null && child.signalCode === null) signalGroup(child.pid, "SIGKILL");
  };
  limit.addEventListener("abort", end, { once: true });
  try {
    return await ended;
  } finally {
    limit.removeEventListener("abort", end);
  }
}

/** Takes `--unseen N` or `--unseen ports-4711,keys-815` out of the arguments. */
function takeUnseen(): string | undefined {
  const at = given.indexOf(own.unseen);
  if (at < 0) return undefined;
  const [, value = ""] = given.splice(at, 2);
  const count = Number(value);
  const titles = /^\d+$/.test(value) && count > 0 ? drawUnseen(count) : value;
  if (parseTitles(titles).length === 0)
    throw new Error(`--unseen takes how many sequences, or which (ports-4711,keys-815), not "${value}"`);
  return titles;
}

function signalGroup(leader: number | undefined, name: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, name);
  } catch {
    // It has ended meanwhile.
  }
}
