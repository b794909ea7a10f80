import { type CloudDurations, durationsOf } from "../domain/operation-durations.ts";
import { placementRounds } from "../domain/placement.ts";
import { type LiveFleet, membersOf, type SwitchStep } from "./model.ts";
import { durationKey, type PastDuration, type PastDurations } from "./past-durations.ts";
import { serves } from "./serving.ts";
import { liveAfter } from "./step-fleet.ts";

/** Time that a switch adds around an engine run, in seconds. */
const around = { preview: 3, drain: 30, gate: 60, soak: 30, settle: 15 } as const;

/** Adopting a resource is one read. */
const adoptionSeconds = 2;

export interface ForecastChange {
  readonly type: string;
  readonly change: "create" | "update" | "replace" | "delete" | "read" | "import" | "same";
}

/** Expected duration of one engine run, in seconds: resources of one stage in parallel, stages in sequence. */
export function forecastRun(changes: readonly ForecastChange[], durations: CloudDurations): number {
  const longest = new Map<number, number>();
  for (const one of changes) {
    const stage = stageOf(one.type, durations);
    longest.set(stage, Math.max(longest.get(stage) ?? 0, changeSeconds(one, durations)));
  }
  return [...longest.values()].reduce((sum, seconds) => sum + seconds, 0);
}

/** Expected duration of a step, and its source. */
export interface ExpectedTime {
  /** Expected on the real cloud. */
  readonly seconds: number;
  /** Past steps that `seconds` is the median of; undefined: `seconds` is an estimate. */
  readonly learned: PastDuration | undefined;
  /** On the local cloud: duration of such steps there. */
  readonly here: PastDuration | undefined;
}

export interface StepForecast extends ExpectedTime {
  readonly step: SwitchStep;
  /** Members that are out of service during the step. */
  readonly out: readonly string[];
  /** Number of fronts that serve during the step, and after it. */
  readonly servingDuring: number;
  readonly servingAfter: number;
}

/** Durations of a stack's earlier steps, and the estimates for steps without any. */
export interface DurationHistory {
  readonly durations: PastDurations;
  /** False for the local cloud, whose durations say nothing about the real cloud's. */
  readonly real: boolean;
  readonly estimates: CloudDurations;
}

/** Each step of a switch with its expected duration and the number of fronts that serve during and after it. */
export function forecastSwitch(
  live: LiveFleet,
  steps: readonly SwitchStep[],
  { durations, real, estimates }: DurationHistory,
): readonly StepForecast[] {
  let now = live;
  return steps.map((step) => {
    const before = servingFronts(now);
    const estimated = stepSeconds(step, now, estimates);
    now = liveAfter(now, step);
    const out = leaves(step) ? membersOf(step) : [];
    const past = durations.get(durationKey(step));
    const learned = real ? past : undefined;
    return {
      step,
      seconds: learned?.seconds ?? estimated,
      learned,
      here: real ? undefined : past,
      out,
      servingDuring: before.filter((name) => !out.includes(name)).length,
      servingAfter: servingFronts(now).length,
    };
  });
}

/** The machines of a wave change side by side, new ones in rounds; drain, health gate and the other waits around the engine run happen once per wave. */
function stepSeconds(step: SwitchStep, { fronts }: LiveFleet, estimates: CloudDurations): number {
  const { switched } = estimates;
  const machine = durationsOf(estimates, switched.machine);
  switch (step.kind) {
    case "settle-resize":
      return step.how === "confirm" ? 10 : 60;
    case "recover-front":
      return around.gate;
    case "readmit-front":
      return around.gate + around.soak + around.settle;
    case "resize-load-balancer":
      return around.preview + durationsOf(estimates, switched.loadBalancer).update + around.settle;
    case "add-front":
      return (
        around.preview +
        placementRounds(step.members, fronts.length).length * machine.create +
        switched.joining.reduce((sum, type) => sum + durationsOf(estimates, type).create, 0) +
        around.gate +
        around.soak +
        around.settle
      );
    case "resize-front":
      return around.preview + around.drain + machine.update + around.gate + around.soak + around.settle;
    case "remove-front":
      return around.preview + around.drain + machine.delete + around.settle;
  }
}

function leaves(step: SwitchStep): boolean {
  return step.kind === "resize-front" || step.kind === "remove-front";
}

function servingFronts(live: LiveFleet): readonly string[] {
  return live.fronts.filter(serves).map((front) => front.name);
}

function changeSeconds({ type, change }: ForecastChange, durations: CloudDurations): number {
  const of = durationsOf(durations, type);
  switch (change) {
    case "create":
      return of.create;
    case "update":
      return of.update;
    case "replace":
      return of.delete + of.create;
    case "delete":
      return of.delete;
    case "import":
      return adoptionSeconds;
    case "read":
    case "same":
      return 0;
  }
}

function stageOf(type: string, { stages }: CloudDurations): number {
  const index = stages.findIndex((prefix) => type.startsWith(prefix));
  return index === -1 ? stages.length : index;
}
