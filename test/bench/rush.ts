import { switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { parseStateExport } from "../../src/engine/state-export.ts";
import type { JournalEntry } from "../../src/local-cloud/kernel/journal.ts";
import { type LatencyName, latencies } from "../../src/local-cloud/kernel/latency.ts";
import { localTimings } from "../../src/stack/stack-context.ts";
import { stackFolder } from "../../src/state/stack-folder.ts";
import { stateInFolder } from "../../src/state/stack-state.ts";
import { readStateFile } from "../../src/state/state-file.ts";
import type { TestProject } from "../e2e/project.ts";
import type { Figure } from "./measure.ts";
import { timeAction } from "./time-action.ts";

/**
 * Into rush, on a stack that is up in normal: how long it takes beside what nobody can save, the cloud's own latencies one after the other and the waits
 * that the switch owes its customers.
 */
export async function rushAgainstCriticalPath(project: TestProject): Promise<Figure[]> {
  const before = await project.journalEnd();
  const { seconds, times } = await timeAction(project, {
    operation: "rush",
    act: (context) => switchProfile(context, { target: "rush", confirm: () => Promise.resolve(true) }),
  });
  requireCalls(await project.cloud.journal({ after: before }));
  const engineRuns = times.runs;
  const path = criticalPath((await project.cloud.status()).scale, await monitorOf(project));
  const limit = 1.15 * path + 2 * engineRuns;
  return [
    {
      name: `rush, ${engineRuns} engine runs, against its critical path of ${path.toFixed(2)} s`,
      seen: `${seconds.toFixed(2)} s (${(seconds / path).toFixed(2)} of the path; ${((seconds - path) / engineRuns).toFixed(2)} s more for each engine run)`,
      limit: `${limit.toFixed(2)} s: 1.15 of the path and 2 s for each engine run`,
      within: seconds <= limit,
    },
  ];
}

interface Monitor {
  /** Seconds of the real world. */
  readonly delay: number;
  /** Checks in a row until a front counts as healthy. */
  readonly maxRetries: number;
}

/**
 * Seconds of a rush of Lor's in which every call is answered at once: load balancer, extra front, two resizes. Nobody is connected, so that a drain takes
 * the change of the weight alone.
 */
function criticalPath(scale: number, monitor: Monitor): number {
  const cloud = (name: LatencyName) => latencies[name] / scale;
  const wait = (name: "gateHold" | "soak" | "settle") => localTimings[name] / 1000;
  const found = (monitor.delay * monitor.maxRetries) / scale;
  const weight = cloud("loadBalancerChange");
  const readmission = found + wait("gateHold") + weight + wait("soak") + wait("settle");
  const loadBalancer = cloud("loadBalancerResize") + cloud("loadBalancerSettle") + wait("gateHold");
  const extraFront =
    cloud("volumeCreate") +
    cloud("serverCreate") +
    Math.max(cloud("guestFirstBoot"), cloud("volumeAttach") + cloud("loadBalancerChange")) +
    readmission;
  const resize =
    weight + cloud("serverResize") + Math.max(cloud("serverConfirmResize"), cloud("guestBoot")) + readmission;
  return loadBalancer + extraFront + 2 * resize;
}

/** The path is that of these calls: with others it would say nothing. */
function requireCalls(journal: readonly JournalEntry[]): void {
  const count = (fits: (entry: JournalEntry) => boolean) => journal.filter(fits).length;
  const changes = (operation: string, type: string) =>
    count((entry) => entry.operation === operation && entry.type?.endsWith(type) === true);
  const seen = {
    balancerUpdates: changes("update", "loadBalancer:LoadBalancer"),
    serverCreations: changes("create", "instance:Instance"),
    resizes: changes("update", "instance:Instance"),
    weights: count(({ name }) => /^PUT .*\/members\//.test(name ?? "")),
  };
  const expected = { balancerUpdates: 1, serverCreations: 1, resizes: 2, weights: 5 };
  if (JSON.stringify(seen) !== JSON.stringify(expected)) {
    throw new Error(`the rush called the cloud otherwise than its critical path says: ${JSON.stringify(seen)}`);
  }
}

async function monitorOf(project: TestProject): Promise<Monitor> {
  const state = stateInFolder(stackFolder(project.home, "local", "prod"), "lor");
  const { resources } = parseStateExport(await readStateFile(state));
  const inputs = resources.find(({ type }) => type === "openstack:loadbalancer/monitor:Monitor")?.inputs;
  return { delay: Number(inputs?.delay), maxRetries: Number(inputs?.maxRetries) };
}
