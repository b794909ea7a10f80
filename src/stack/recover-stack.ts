import { ExitCode, LorError } from "../core/errors.ts";
import type { Program } from "../engine/port.ts";
import { processState, thisMachine } from "../os/process-identity.ts";
import { howToSettle } from "../rolling/decide.ts";
import type { Fleet } from "../rolling/fleet.ts";
import { isBusy } from "../rolling/model.ts";
import { backUpState, backUpStateFile } from "../state/backup.ts";
import { type BackendLock, backendLocks, endOrphans } from "../state/orphan-engine.ts";
import { planFleet, planProfile, sameFleet } from "../systems/project-plan.ts";
import { adoptLostCreations } from "./adopt-lost-creations.ts";
import { cloudPrefix, type ObservedFleet, type ObservedFront, observeFleet } from "./observe-fleet.ts";
import { pruneMissing } from "./prune-missing.ts";
import { type RecordedState, readRecorded } from "./recorded-state.ts";
import { runOptions, type StackContext } from "./stack-context.ts";
import { isChained } from "./update-stack.ts";
import { waitUntil } from "./wait-until.ts";

/**
 * Repairs what an earlier run has left; every changing action begins with it. After an undisturbed run it costs one export of the state.
 * @param goal target of the action: decides whether an interrupted resize is confirmed or reverted
 * @returns the recorded state, and whether it was refreshed from the cloud just now
 */
export async function recoverStack(
  context: StackContext,
  goal?: Fleet,
): Promise<RecordedState & { readonly refreshed: boolean }> {
  const { lock, state } = context;
  const disturbed = (lock?.unsettled.length ?? 0) > 0 || (await state.journal.unfinished()) !== undefined;
  await endDeadEngines(context);
  let recorded = await readRecorded(context);
  refuseOtherCloud(context, recorded);
  const pending = recorded.pendingOperations.length > 0;
  let refreshed = false;
  if (pending) {
    await notePendingOperations(context, recorded);
  }
  if (disturbed || pending) {
    context.emit({ kind: "phase", phase: "recovering" });
    await settleInterruptedResizes(context, goal);
    await deleteFailedServers(context);
    if (recorded.resources.length > 0) {
      await refreshState(context, recorded.fleet);
      recorded = await readRecorded(context);
      refreshed = true;
    }
  }
  if (await adoptLostCreations(context, recorded, goal)) {
    recorded = await readRecorded(context);
  }
  await lock?.settle();
  return { ...recorded, refreshed };
}

/**
 * Refreshes the state from the cloud. A stack that was never complete has no fleet afterwards either. The program only runs when the stack's
 * outputs are incomplete: with a program, engine 3.259 writes the whole state after each resource that it reads (`Persisted` in its step.go and
 * snapshot.go), without one only once at the end.
 */
export async function refreshState(context: StackContext, fleet: Fleet | undefined): Promise<void> {
  context.emit({ kind: "phase", phase: "refreshing" });
  await pruneMissing(context);
  const recorded = await readRecorded(context);
  await context.engine.refresh(programOfNews(context, recorded, fleet), runOptions(context));
}

/** Outputs that the stack lacks; undefined when it is complete. */
function programOfNews(context: StackContext, recorded: RecordedState, fleet: Fleet | undefined): Program | undefined {
  const chain = isChained(recorded);
  if (fleet === undefined) {
    return context.program(planProfile(context.project, "normal"), { chain, says: { fleet, profile: undefined } });
  }
  const plan = planFleet(context.project, fleet);
  const { fleet: said, profile } = recorded;
  const isSaid = said !== undefined && sameFleet(said, fleet) && profile === plan.profile;
  return isSaid ? undefined : context.program(plan, { chain });
}

/** Confirms or reverts every interrupted resize: the engine's provider cannot read a server in that status. */
async function settleInterruptedResizes(context: StackContext, goal: Fleet | undefined): Promise<void> {
  const wanted = new Map(goal?.fronts.map((front) => [front.name, front.size]));
  const idle = (fleet: ObservedFleet) => !fleet.fronts.some(isBusy);
  const look = () => observeFleet(context);
  const { seen } = await waitUntil(context, { limit: context.timings.busyLimit, look, good: idle });
  for (const front of seen.fronts.filter((one) => one.server === "awaiting-confirmation")) {
    await settleResize(context, front, howToSettle(front, wanted.get(front.name)));
  }
  await settleOtherServers(context);
}

/**
 * Deletes a recorded server that the cloud failed to build, for example for lack of a host. It is in ERROR and no run can repair it; it never ran
 * and holds no data, so the next run creates it again.
 */
async function deleteFailedServers(context: StackContext): Promise<void> {
  const { compute } = context.clients;
  const servers = await compute.findServers(`${cloudPrefix(context)}-`);
  for (const server of servers.filter((one) => one.state === "failed" && !one.launched)) {
    await compute.deleteServer(server.id);
    context.emit({ kind: "repaired", repair: "failed-server-deleted", what: server.name });
  }
}

/** Confirms or reverts one resize and waits until the server is active. */
export async function settleResize(
  context: StackContext,
  front: ObservedFront,
  how: "confirm" | "revert",
): Promise<void> {
  const { compute } = context.clients;
  const id = front.serverView?.id ?? "";
  await (how === "confirm" ? compute.confirmResize(id) : compute.revertResize(id));
  await waitForServer(context, front.name, (server) => server === "active");
  context.emit({
    kind: "repaired",
    repair: how === "confirm" ? "resize-confirmed" : "resize-reverted",
    what: front.name,
  });
}

/** Waits until a front's server is active; throws `front-busy` at the limit. */
export async function waitForServer(
  context: StackContext,
  name: string,
  wanted: (server: ObservedFront["server"]) => boolean,
): Promise<void> {
  const stateOf = (fleet: ObservedFleet) => fleet.fronts.find((one) => one.name === name)?.server ?? "absent";
  const { seen, good } = await waitUntil(context, {
    limit: context.timings.busyLimit,
    look: () => observeFleet(context),
    good: (fleet) => wanted(stateOf(fleet)),
  });
  if (!good) {
    throw new LorError({
      code: "front-busy",
      message: `the server of ${name} does not become active`,
      exit: ExitCode.failed,
      culprit: "cloud",
      seen: stateOf(seen),
      accepted: "active",
      next: "lor-infra status",
    });
  }
}

async function settleOtherServers(context: StackContext): Promise<void> {
  const { rolling } = context.project.system.capabilities;
  if (rolling === undefined) return;
  const servers = await context.clients.compute.findServers(`${cloudPrefix(context)}-`);
  const fronts = rolling.cloudNames(cloudPrefix(context)).members;
  for (const server of servers.filter((one) => one.state === "awaiting-confirmation" && !one.name.startsWith(fronts))) {
    await context.clients.compute.confirmResize(server.id);
    context.emit({ kind: "repaired", repair: "resize-confirmed", what: server.name });
  }
}

/** Ends engines of killed commands, which run on in a session of their own, and releases the engine's lock that they left. */
export async function endDeadEngines(context: StackContext): Promise<void> {
  const { clock, engine, lock, state, timings } = context;
  for (const run of lock?.unsettled ?? []) {
    const ended = await endOrphans({
      run,
      graceMilliseconds: timings.orphanGrace,
      clock,
    });
    if (ended > 0) {
      context.emit({ kind: "repaired", repair: "orphan-engine-ended", what: run });
    }
  }
  const locks = await backendLocks(state);
  // The lock was taken by an engine of one of our dead commands: nobody else on this machine could start one before the next command held our lock.
  const diedSince = lock?.unsettledSince?.getTime() ?? Number.POSITIVE_INFINITY;
  const until = lock?.unsettledUntil?.getTime() ?? Number.POSITIVE_INFINITY;
  const isOfDeadRun = (one: BackendLock) => {
    const since = one.since.getTime();
    return !one.seen && one.host === thisMachine().host && since >= diedSince && since <= until;
  };
  const living = locks.find((one) => !isOfDeadRun(one) && (one.seen || context.takeOver !== true));
  if (living !== undefined) throw engineLocked(living);
  if (locks.length > 0) {
    if (!locks.every(isOfDeadRun)) {
      const copy = await backUpStateFile(state, "before-take-over", clock.now());
      if (copy !== undefined) context.emit({ kind: "repaired", repair: "state-backed-up", what: copy });
    }
    await engine.cancel();
    context.emit({ kind: "repaired", repair: "engine-lock-released", what: state.stack });
  }
}

function engineLocked({ pid, user, host, since, seen }: BackendLock): LorError {
  const began = Number.isNaN(since.getTime()) ? "" : ` since ${since.toISOString()}`;
  const isHere = host === thisMachine().host;
  return new LorError({
    code: "engine-locked",
    message: `another engine (process ${pid} of ${user} on ${host}) changes this stack${began}`,
    exit: ExitCode.locked,
    culprit: "user",
    seen: seen
      ? `process ${pid} runs on this machine (state ${processState(pid) ?? "hidden"})`
      : isHere
        ? `no process ${pid} runs here, but a container or another machine may have the name ${host} too`
        : `${host} is another machine`,
    accepted: seen ? "wait until it ends" : "wait until it ends, or take over when it is dead for sure",
    next: seen
      ? `look at it with ps -fp ${pid}; run the same command again when it has ended`
      : "run the same command again when it has ended; if it is certainly dead, use --take-over",
  });
}

/**
 * Handles operations that were pending when the engine died. Creations become intents, to be looked up; then the pending operations are removed
 * from the state, where they would cause a warning in every run.
 */
async function notePendingOperations(context: StackContext, recorded: RecordedState): Promise<void> {
  const { clock, engine, state } = context;
  const now = clock.now();
  await backUpState(state, recorded.raw, "pending-operations", now);
  const creations = recorded.pendingOperations.filter((one) => one.kind === "creating" || one.kind === "importing");
  await state.intents.record(
    creations.map(({ type, urn }) => ({ type, name: urn.split("::").slice(3).join("::") })),
    now,
  );
  await engine.importState(withoutPendingOperations(recorded.raw));
  for (const { kind, urn } of recorded.pendingOperations) {
    context.emit({ kind: "repaired", repair: "pending-operations-noted", what: `${kind} ${urn}` });
  }
}

function withoutPendingOperations(raw: unknown): unknown {
  const { deployment, ...rest } = raw as { readonly deployment: Readonly<Record<string, unknown>> };
  const { pending_operations: _, ...kept } = deployment;
  return { ...rest, deployment: kept };
}

/** Refreshing a state on another cloud than its own would empty it. */
function refuseOtherCloud({ cloud, project }: StackContext, recorded: RecordedState): void {
  if (recorded.cloud !== undefined && recorded.cloud !== cloud) {
    throw new LorError({
      code: "stack-of-another-cloud",
      message: `the stack ${project.stack} was made on another cloud`,
      exit: ExitCode.refused,
      culprit: "user",
      seen: `--cloud ${cloud}`,
      accepted: `--cloud ${recorded.cloud}`,
      next: `run the same command with --cloud ${recorded.cloud}`,
    });
  }
}
