import { ExitCode, LorError } from "../../core/errors.ts";
import { resourceKey } from "../../core/resource-key.ts";
import type { PlanItem } from "../../domain/plan-item.ts";
import type { Profile } from "../../domain/profile.ts";
import { fleetOfLive } from "../../rolling/step-fleet.ts";
import { diskChanges, requireNoShrinking, warnOfGrowth } from "../../stack/disk-changes.ts";
import { type ObservedFleet, observeFleet } from "../../stack/observe-fleet.ts";
import {
  type Confirm,
  forecastChanges,
  type ProposedChange,
  proposeChanges,
  proposeCreation,
  requireApproval,
} from "../../stack/proposal.ts";
import { type RecordedState, readRecorded } from "../../stack/recorded-state.ts";
import { recoverStack, refreshState } from "../../stack/recover-stack.ts";
import { requireFreeRecords } from "../../stack/require-free-records.ts";
import { journaled } from "../../stack/run-journal.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { type PreparedUpdate, prepareUpdate, runUpdate } from "../../stack/update-stack.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { cloudOf, itemsOf, planFleet, planProfile, profileFleet, sameFleet } from "../../systems/project-plan.ts";
import { requireCreated } from "../rush/switch-profile.ts";
import { admitFronts, requireHealthy } from "./await-fronts.ts";

export interface UpInput {
  /** Default: the profile that the stack is in; `normal` for a new one. */
  readonly profile?: Profile;
  readonly confirm: Confirm;
}

export interface UpResult {
  /** Undefined: the stack is between two profiles and stays there; the interrupted switch continues afterwards. */
  readonly profile: Profile | undefined;
  readonly changes: readonly ProposedChange[];
  /** Plans before and after, for their prices. Undefined: nothing existed. */
  readonly before: SystemPlan | undefined;
  readonly after: SystemPlan;
  /** Fronts after the run, all of them healthy. */
  readonly fleet: ObservedFleet;
  /** Outputs of the stack, including secrets. Never print all of them. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

/**
 * Creates a stack, or updates it to its settings. Never changes, replaces or removes a front that serves: a switch or `recover` does that one by
 * one. If the settings require it, everything else is applied and `up-touches-fronts` names the command for the fronts. Between two profiles the
 * fronts stay as they are and the rest follows the settings, so that an interrupted switch can continue after a change of them.
 * @throws LorError `up-changes-profile`, `switch-unfinished`, `disk-cannot-shrink`, `up-touches-fronts`, `up-loses-data`, `front-unhealthy`,
 * `not-approved`
 */
export async function up(context: StackContext, { profile: asked, confirm }: UpInput): Promise<UpResult> {
  const began = context.clock.now().getTime();
  const towards = asked ?? (await interruptedProfile(context)) ?? "normal";
  const recorded = await lookOnce(context, await recoverStack(context, profileFleet(context.project, towards)));
  const profile = await chooseProfile(context, recorded, asked);
  const wanted = profile === undefined ? await planAsItIs(context, recorded) : planProfile(context.project, profile);
  const before =
    recorded.fleet === undefined ? undefined : planFleet(context.project, recorded.fleet, recorded.profile);
  const chosen = await chooseChanges(context, recorded, { plan: wanted, before, towards: profile ?? towards });
  const { plan, changes, refusal } = chosen;
  const unchanged = changes.length === 0 && recorded.profile === profile;
  let outputs = recorded.outputs;
  if (!unchanged) {
    if (refusal !== undefined) {
      const message = `${refusal.message}; the fronts stay as they are, everything else follows the settings`;
      context.emit({ kind: "warning", code: refusal.code, message });
    }
    if (changes.length > 0) {
      const created = changes.filter(({ kind }) => kind === "create").map(({ name }) => name);
      await requireFreeRecords(context, plan, new Set(created));
      await requireApproval(confirm, {
        operation: "up",
        cloud: context.cloud,
        stack: context.project.stack,
        changes,
        steps: [],
        before,
        after: plan,
        seconds: forecastChanges(changes, cloudOf(context.project)),
        lost: [],
      });
    }
    const run = await journaled(context, { operation: "up", what: profile ?? "between" }, () =>
      runUpdate(chosen.context, chosen.update ?? firstCreation(context, plan)),
    );
    outputs = run.outputs;
  }
  const fleet = await admitFronts(context, plan);
  if (refusal !== undefined) {
    throw refusal.adding("everything else is as the settings say");
  }
  await requireHealthy(context, plan, fleet);
  const seconds = (context.clock.now().getTime() - began) / 1000;
  return { profile, changes, before, after: plan, fleet, outputs, seconds };
}

/** Profile to build, undefined between two; or a refusal that names the right command. */
async function chooseProfile(
  context: StackContext,
  recorded: RecordedState,
  asked: Profile | undefined,
): Promise<Profile | undefined> {
  if (recorded.fleet === undefined) {
    return asked ?? (await interruptedProfile(context)) ?? "normal";
  }
  if (recorded.profile === undefined) {
    if (asked === undefined) return undefined;
    throw new LorError({
      code: "switch-unfinished",
      message: "the stack is between two profiles: finish the interrupted switch first",
      exit: ExitCode.refused,
      culprit: "user",
      seen: recorded.fleet.fronts.map((front) => `${front.name} ${front.size}`).join(", "),
      next: `lor-infra ${(await interruptedProfile(context)) ?? "normal"}`,
    });
  }
  if (
    asked !== undefined &&
    asked !== recorded.profile &&
    !sameFleet(profileFleet(context.project, asked), recorded.fleet)
  ) {
    throw new LorError({
      code: "up-changes-profile",
      message: `the stack is in ${recorded.profile}; \`up\` would change serving fronts all at once`,
      exit: ExitCode.refused,
      culprit: "user",
      seen: `--profile ${asked}`,
      accepted: `--profile ${recorded.profile}`,
      next: `lor-infra ${asked}`,
    });
  }
  return asked ?? recorded.profile;
}

/** Settings with the actual fleet: a failed step has recorded its target, not its result. */
async function planAsItIs(context: StackContext, recorded: RecordedState): Promise<SystemPlan> {
  return planFleet(context.project, fleetOfLive(await observeFleet(context, requireCreated(context, recorded))));
}

/** If recorded servers no longer exist, the rest of the state is doubtful too: it is refreshed, and `up` creates what is missing. */
async function lookOnce(context: StackContext, recorded: RecordedState): Promise<RecordedState> {
  if (recorded.fleet === undefined) {
    return recorded;
  }
  const live = await observeFleet(context, requireCreated(context, recorded));
  if (live.fronts.every((front) => front.server !== "absent" && front.pool !== "absent")) {
    return recorded;
  }
  await refreshState(context, recorded.fleet);
  return await readRecorded(context);
}

/** Target of an interrupted operation. */
async function interruptedProfile({ state }: StackContext): Promise<Profile | undefined> {
  return (await state.journal.entries())
    .filter((entry) => entry.event === "begun")
    .map((entry) => entry.what)
    .findLast((what) => what === "normal" || what === "rush");
}

interface ChosenChanges {
  /** Context of the run. */
  readonly context: StackContext;
  readonly plan: SystemPlan;
  readonly changes: readonly ProposedChange[];
  /** Undefined for a first creation, whose changes follow from the Plan. */
  readonly update: PreparedUpdate | undefined;
  /** Why the fronts stay as they are, with the command that changes them. Absent: they may be changed. */
  readonly refusal?: LorError;
}

/**
 * Changes that `up` makes: all, or all except those that would disturb serving fronts.
 * @throws LorError `up-touches-fronts` when nothing else differs or when the rest cannot be done without the fronts, `disk-cannot-shrink`,
 * `up-loses-data`
 */
async function chooseChanges(
  context: StackContext,
  recorded: RecordedState,
  {
    plan,
    before,
    towards,
  }: { readonly plan: SystemPlan; readonly before: SystemPlan | undefined; readonly towards: Profile },
): Promise<ChosenChanges> {
  if (recorded.resources.length === 0) {
    return { context, plan, changes: proposeCreation(itemsOf(plan)), update: undefined };
  }
  const items = [...itemsOf(plan), ...(before === undefined ? [] : itemsOf(before))];
  // Chained once something may serve; in parallel before.
  const choice = { chain: before !== undefined, joinDrained: before !== undefined };
  const update = await prepareUpdate(context, plan, choice);
  const changes = proposeChanges(update.changes, items);
  const disks = diskChanges(context.project, update.changes);
  requireNoShrinking(disks);
  requireDataKept(changes);
  warnOfGrowth(context, disks);
  // Nothing serves before a stack was up once.
  const refusal = before && refusalOfFronts(changes, { items, recorded, towards });
  if (refusal === undefined) {
    return { context, plan, changes, update };
  }
  const calm: StackContext = { ...context, keep: servingMembers(recorded, items) };
  const asItIs = await planAsItIs(context, recorded);
  const says = { fleet: recorded.fleet, profile: recorded.profile };
  const rest = await prepareUpdate(calm, asItIs, { ...choice, says });
  const others = proposeChanges(rest.changes, items);
  if (others.length === 0 || refusalOfFronts(others, { items, recorded, towards }) !== undefined) {
    throw refusal;
  }
  if (others.some(isNeededByFronts(items, recorded))) {
    throw refusal;
  }
  return { context: calm, plan: asItIs, changes: others, update: rest, refusal };
}

/** URNs of what the state has of the fronts and that requests pass through. */
function servingMembers({ resources }: RecordedState, items: readonly PlanItem[]): ReadonlySet<string> {
  const serving = new Set(items.filter((one) => one.serves && one.member !== undefined).map(resourceKey));
  return new Set(resources.filter((one) => serving.has(resourceKey(one))).map((one) => one.urn));
}

function firstCreation(context: StackContext, plan: SystemPlan): PreparedUpdate {
  return {
    plan,
    program: context.program(plan, { chain: false }),
    changes: itemsOf(plan).map(({ type, name }) => ({
      urn: "",
      type,
      name,
      change: "create",
      changedProperties: [],
      replacingProperties: [],
    })),
  };
}

interface FrontsRequest {
  readonly items: readonly PlanItem[];
  readonly recorded: Pick<RecordedState, "resources">;
  /** Profile that the settings are applied for. */
  readonly towards: Profile;
}

/** @returns why changes may not be made all at once, because they disturb serving fronts. Undefined: they may. */
export function refusalOfFronts(
  changes: readonly ProposedChange[],
  { items, recorded, towards }: FrontsRequest,
): LorError | undefined {
  const members = new Map(items.filter((one) => one.serves).map((one) => [resourceKey(one), one.member]));
  const change = changes.find((one) => members.get(resourceKey(one)) !== undefined && isDisruptive(one));
  const front = change && members.get(resourceKey(change));
  if (change === undefined || front === undefined) return undefined;
  const because = change.because.length === 0 ? "" : ` (${change.because.join(", ")})`;
  // A front cannot be built anew on a network that is replaced at the same time.
  const shared = changes.find(isNeededByFronts(items, recorded));
  const oneByOne = change.kind === "replace" ? `lor-infra recover --replace ${front}` : `lor-infra ${towards}`;
  return new LorError({
    code: "up-touches-fronts",
    message: `\`up\` would ${change.kind} ${shortType(change.type)} ${change.name} while ${front} serves${because}`,
    exit: ExitCode.refused,
    culprit: "user",
    seen: [change, ...(shared === undefined ? [] : [shared])]
      .map(({ kind, type, name }) => `${kind} ${type} ${name}`)
      .join(", "),
    next: shared === undefined ? oneByOne : "undo the change of the settings, then lor-infra preview",
  });
}

/** Whether a change replaces or deletes what the fronts depend on, such as their network. */
function isNeededByFronts(
  items: readonly PlanItem[],
  { resources }: Pick<RecordedState, "resources">,
): (change: ProposedChange) => boolean {
  const members = new Set(items.filter((one) => one.member !== undefined).map(resourceKey));
  const parts = resources.filter((one) => members.has(resourceKey(one)));
  const needed = new Set(parts.flatMap((one) => one.dependencies));
  const keys = new Set(resources.filter((one) => needed.has(one.urn)).map(resourceKey));
  return (change) => {
    const key = resourceKey(change);
    return isReplacedOrDeleted(change) && keys.has(key) && !members.has(key);
  };
}

/** @throws LorError `up-loses-data` */
export function requireDataKept(changes: readonly ProposedChange[]): void {
  const data = changes.find((one) => one.holdsData && isReplacedOrDeleted(one));
  if (data === undefined) return;
  throw new LorError({
    code: "up-loses-data",
    message: `\`up\` would ${data.kind} ${data.name}, and the data on it would be lost`,
    exit: ExitCode.refused,
    culprit: "user",
    seen: `${data.kind} ${data.type} ${data.name}${data.because.length === 0 ? "" : ` (${data.because.join(", ")})`}`,
    next: "undo the change of the settings, then lor-infra preview",
  });
}

function isReplacedOrDeleted({ kind }: ProposedChange): boolean {
  return kind === "replace" || kind === "delete";
}

function isDisruptive(change: ProposedChange): boolean {
  return change.restarts || isReplacedOrDeleted(change);
}

/** `Instance` of `openstack:compute/instance:Instance`. */
function shortType(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}
