import type { ErrorCode } from "../../core/error-codes.ts";
import type { LorError } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import type { Program, ResourceChange } from "../../engine/port.ts";
import { forecastSwitch, type StepForecast } from "../../rolling/forecast.ts";
import type { SwitchStop } from "../../rolling/model.ts";
import { fleetOfLive, pathTo } from "../../rolling/step-fleet.ts";
import { type DiskChange, diskChanges, shrinkRefusal, warnOfGrowth } from "../../stack/disk-changes.ts";
import { observeFleet } from "../../stack/observe-fleet.ts";
import { forecastChanges, type ProposedChange, proposeChanges } from "../../stack/proposal.ts";
import { withoutMissing } from "../../stack/prune-missing.ts";
import { type RecordedState, readRecorded } from "../../stack/recorded-state.ts";
import { durationHistory } from "../../stack/run-journal.ts";
import { runOptions, type StackContext } from "../../stack/stack-context.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import type { Project } from "../../systems/load-project.ts";
import { cloudOf, itemsOf, planFleet, planProfile, profileFleet, sameFleet } from "../../systems/project-plan.ts";
import { goalOf, requireCreated } from "../rush/switch-profile.ts";

export interface PreviewInput {
  /** Default: the profile that the stack is in; `normal` for a new one. */
  readonly profile?: Profile;
  /** Refreshes the state from the cloud first. Default: false. */
  readonly detect?: boolean;
  /** Settings before the change, by which existing resources were built and are priced. Default: the same settings. */
  readonly base?: Project;
}

export interface PreviewResult {
  readonly profile: Profile;
  /** Current profile of the stack; undefined for a new one, and between two profiles. */
  readonly current: Profile | undefined;
  /** Differences between the settings and the state (with `detect`: and the cloud). */
  readonly changes: readonly ProposedChange[];
  /** Steps of a switch to the profile; empty when no front and no load balancer size changes. */
  readonly steps: readonly StepForecast[];
  /** Disks that would grow, which is irreversible, or shrink, which is refused. */
  readonly disks: readonly DiskChange[];
  /** Reason why the settings cannot be applied, or why the switch cannot begin now. */
  readonly stop: PreviewStop | undefined;
  readonly before: SystemPlan | undefined;
  readonly after: SystemPlan;
  /** Expected duration of all changes, in seconds. */
  readonly seconds: number;
  /** Whether anything would change: exit 5 with `--detect` or `--exit-code`. */
  readonly differs: boolean;
}

/** The refusals of `up`, `rush` and `normal`. */
type PreviewStop = Omit<SwitchStop, "code"> & { readonly code: ErrorCode };

/** Shows what `up`, `rush` or `normal` would do. Changes nothing and needs no lock. */
export async function preview(
  context: StackContext,
  { profile: asked, detect, base }: PreviewInput,
): Promise<PreviewResult> {
  const recorded = await readRecorded(context);
  const profile = asked ?? recorded.profile ?? "normal";
  const after = planProfile(context.project, profile);
  const before =
    recorded.fleet === undefined ? undefined : planFleet(base ?? context.project, recorded.fleet, recorded.profile);
  context.emit({ kind: "phase", phase: "previewing" });
  const [run, path] = await Promise.all([
    previewProgram(context, recorded, context.program(after, { chain: before !== undefined }), detect === true),
    switchPath(context, recorded, profile),
  ]);
  const items = [...itemsOf(after), ...(before === undefined ? [] : itemsOf(before))];
  const changes = proposeChanges(run.changes.filter(isChange), items);
  const disks = diskChanges(context.project, run.changes);
  warnOfGrowth(context, disks);
  const switching = path.steps.reduce((sum, step) => sum + step.seconds, 0);
  return {
    profile,
    current: recorded.profile,
    changes,
    steps: path.steps,
    disks,
    stop: describeRefusal(shrinkRefusal(disks)) ?? path.stop,
    before,
    after,
    seconds: path.steps.length > 0 ? switching : forecastChanges(changes, cloudOf(context.project)),
    differs: changes.length > 0 || path.steps.length > 0,
  };
}

/** With `detect`, what the cloud no longer has and its provider cannot read is left out of a copy of the state: the state itself stays as it is. */
async function previewProgram(context: StackContext, recorded: RecordedState, program: Program, detect: boolean) {
  if (!detect) return await context.engine.preview(program, runOptions(context));
  const options = { ...runOptions(context), refresh: true };
  const known = await withoutMissing(context, recorded);
  if (known === undefined) return await context.engine.preview(program, options);
  using trial = await context.trialEngine();
  await trial.engine.importState(known.raw);
  return await trial.engine.preview(program, options);
}

async function switchPath(
  context: StackContext,
  recorded: RecordedState,
  profile: Profile,
): Promise<{ readonly steps: readonly StepForecast[]; readonly stop: SwitchStop | undefined }> {
  if (recorded.fleet === undefined || context.project.system.capabilities.rolling === undefined) {
    return { steps: [], stop: undefined };
  }
  const goal = goalOf(context, profile);
  const live = await observeFleet(context, requireCreated(context, recorded));
  if (sameFleet(profileFleet(context.project, profile), fleetOfLive(live))) {
    return { steps: [], stop: undefined };
  }
  const { steps, stop } = pathTo(live, goal);
  return { steps: forecastSwitch(live, steps, await durationHistory(context)), stop };
}

function describeRefusal(refusal: LorError | undefined): PreviewStop | undefined {
  if (refusal === undefined) return undefined;
  const { code, message, path, next = "" } = refusal;
  return { kind: "stopped", code, reason: path === undefined ? message : `${path}: ${message}`, next };
}

function isChange(one: ResourceChange): boolean {
  return one.change !== "same" && one.change !== "read";
}
