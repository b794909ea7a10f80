import { ExitCode, LorError } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import { fleetOfLive } from "../../rolling/step-fleet.ts";
import { type KnownFleet, type ObservedFleet, observeFleet } from "../../stack/observe-fleet.ts";
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
import { journaled } from "../../stack/run-journal.ts";
import { planFleet, planProfile, type StackContext, sameFleet } from "../../stack/stack-context.ts";
import { type PreparedUpdate, prepareUpdate, runUpdate } from "../../stack/update-stack.ts";
import { waitUntil } from "../../stack/wait-until.ts";
import { fleetOf } from "../../systems/lor/plan.ts";
import { planItems } from "../../systems/lor/plan-items.ts";
import type { LorPlan } from "../../systems/lor/plan-model.ts";
import { readmitFront } from "../rush/front-traffic.ts";
import { requireCreated } from "../rush/switch-profile.ts";

export interface UpInput {
  /** Default: the profile that the stack is in; `normal` for a new one. */
  readonly profile?: Profile;
  readonly confirm: Confirm;
}

export interface UpResult {
  /** Undefined: the stack is between two profiles and stays there; the interrupted switch goes on afterwards. */
  readonly profile: Profile | undefined;
  readonly changes: readonly ProposedChange[];
  /** What was paid for before, if anything was, and is now: to be priced. */
  readonly before: LorPlan | undefined;
  readonly after: LorPlan;
  /** Fronts once everything is up; one that is not healthy yet has earned a warning. */
  readonly fleet: ObservedFleet;
  /** The stack's outputs, secrets among them. Never print it whole. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

/**
 * Creates a stack, or brings it in line with its settings. Fronts of a stack that serves are never changed, replaced or removed here:
 * `switchProfile` does that one by one. Between two profiles the fronts stay as they are and the rest follows the settings, so that a switch
 * that was interrupted can go on after a change of them.
 *
 * @throws LorError `up-changes-profile`, `switch-unfinished`, `up-touches-fronts`, `up-loses-data`, `not-approved`
 */
export async function up(context: StackContext, { profile: asked, confirm }: UpInput): Promise<UpResult> {
  const began = context.clock.now().getTime();
  const towards = asked ?? (await interruptedProfile(context)) ?? "normal";
  const recorded = await lookOnce(context, await recoverStack(context, fleetOf(context.project.settings[towards])));
  const profile = await chooseProfile(context, recorded, asked);
  const plan = profile === undefined ? await planAsItIs(context, recorded) : planProfile(context, profile);
  const before = recorded.fleet === undefined ? undefined : planFleet(context, recorded.fleet, recorded.profile);
  const update = await prepare(context, recorded, plan);
  const items = [...planItems(plan), ...(before === undefined ? [] : planItems(before))];
  const changes = update === undefined ? proposeCreation(planItems(plan)) : proposeChanges(update.changes, items);
  refuseFrontChanges(changes, profile ?? (await interruptedProfile(context)) ?? "normal");
  const unchanged = changes.length === 0 && recorded.profile === profile;
  let outputs = recorded.outputs;
  if (!unchanged) {
    if (changes.length > 0) {
      await requireApproval(confirm, {
        operation: "up",
        cloud: context.cloud,
        stack: context.project.stack,
        changes,
        steps: [],
        before,
        after: plan,
        seconds: forecastChanges(changes),
        lost: [],
      });
    }
    const run = await journaled(context, { operation: "up", what: profile ?? "between" }, () =>
      runUpdate(context, update ?? firstCreation(context, plan)),
    );
    outputs = run.outputs;
  }
  const fleet = await admitFronts(context, plan);
  const seconds = (context.clock.now().getTime() - began) / 1000;
  return { profile, changes, before, after: plan, fleet, outputs, seconds };
}

/** The profile to build, undefined between two, or a refusal that names the command for what is wanted. */
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
      message: "the stack is between two profiles: an interrupted switch goes on first",
      exit: ExitCode.refused,
      culprit: "user",
      seen: recorded.fleet.fronts.map((front) => `${front.name} ${front.size}`).join(", "),
      next: `lor-infra ${(await interruptedProfile(context)) ?? "normal"}`,
    });
  }
  const { settings } = context.project;
  if (asked !== undefined && asked !== recorded.profile && !sameFleet(fleetOf(settings[asked]), recorded.fleet)) {
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

/** The settings with the fleet that is really there: a step that failed has recorded where it was going, not where it came. */
async function planAsItIs(context: StackContext, recorded: RecordedState): Promise<LorPlan> {
  return planFleet(context, fleetOfLive(await observeFleet(context, requireCreated(context, recorded))));
}

/** A state that names servers which are gone says nothing about the rest either: the cloud is asked, and `up` builds what is missing. */
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

/** Where an interrupted operation was going. */
async function interruptedProfile({ state }: StackContext): Promise<Profile | undefined> {
  return (await state.journal.entries())
    .filter((entry) => entry.event === "begun")
    .map((entry) => entry.what)
    .findLast((what) => what === "normal" || what === "rush");
}

/** A look at what the engine would do; undefined for a first creation, of which the Plan tells everything. */
async function prepare(
  context: StackContext,
  recorded: RecordedState,
  plan: LorPlan,
): Promise<PreparedUpdate | undefined> {
  const untouched = recorded.resources.length === 0;
  // Chained once something may serve; side by side before.
  const serves = recorded.fleet !== undefined;
  return untouched ? undefined : await prepareUpdate(context, plan, { chain: serves, joinDrained: serves });
}

function firstCreation(context: StackContext, plan: LorPlan): PreparedUpdate {
  return {
    plan,
    program: context.program(plan, { chain: false }),
    changes: planItems(plan).map(({ type, name }) => ({
      urn: "",
      type,
      name,
      change: "create",
      changedProperties: [],
      replacingProperties: [],
    })),
  };
}

/** `up` never takes a serving front, or what data lies on, by surprise. */
export function refuseFrontChanges(changes: readonly ProposedChange[], profile: Profile): void {
  const front = changes.find(
    (one) => /^ps-\d+$/.test(one.name) && (one.restarts || one.kind === "replace" || one.kind === "delete"),
  );
  if (front !== undefined) {
    throw new LorError({
      code: "up-touches-fronts",
      message: `\`up\` would ${front.kind} ${front.name} while it serves${
        front.because.length === 0 ? "" : ` (${front.because.join(", ")})`
      }`,
      exit: ExitCode.refused,
      culprit: "user",
      seen: `${front.kind} ${front.type} ${front.name}`,
      next: front.kind === "replace" ? `lor-infra recover --replace ${front.name}` : `lor-infra ${profile}`,
    });
  }
  const data = changes.find((one) => one.holdsData && (one.kind === "replace" || one.kind === "delete"));
  if (data !== undefined) {
    throw new LorError({
      code: "up-loses-data",
      message: `\`up\` would ${data.kind} ${data.name}, and the data on it would be lost`,
      exit: ExitCode.refused,
      culprit: "user",
      seen: `${data.kind} ${data.type} ${data.name}${data.because.length === 0 ? "" : ` (${data.because.join(", ")})`}`,
      next: "take the change of the settings back",
    });
  }
}

/** Waits for the fronts of a new stack, and lets in those that an earlier run left out. */
async function admitFronts(context: StackContext, plan: LorPlan): Promise<ObservedFleet> {
  const { timings, emit } = context;
  const known: KnownFleet = {
    loadBalancerBandwidth: plan.fleet.loadBalancerBandwidth,
    fronts: plan.fleet.fronts.map((front) => front.name),
  };
  const look = () => observeFleet(context, known);
  const { seen } = await waitUntil(context, {
    limit: timings.gateLimit,
    look,
    good: (fleet) =>
      plan.fleet.fronts.every(({ name }) => fleet.fronts.some((one) => one.name === name && one.healthy)),
  });
  for (const { name } of plan.fleet.fronts) {
    const front = seen.fronts.find((one) => one.name === name);
    if (front?.healthy !== true) {
      emit({ kind: "warning", code: "front-unhealthy", message: `${name} does not pass its health check yet` });
    } else if (front.pool === "drained") {
      await readmitFront(context, name, "lor-infra up");
    }
  }
  return await look();
}
