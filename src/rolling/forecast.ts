import { type LiveFleet, membersOf, type SwitchStep } from "./model.ts";
import { durationKey, type PastDuration, type PastDurations } from "./past-durations.ts";
import { serves } from "./serving.ts";
import { liveAfter } from "./step-fleet.ts";

/** How long one operation on one resource is expected to take, in seconds. */
interface Durations {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
}

/**
 * Expected, not promised, and not measured on OVHcloud: estimates after a small OpenStack and after the waits of the providers' sources
 * (docs/decisions/forecast-durations.md). Anything not listed takes the time of a call.
 */
const durations: readonly (readonly [prefix: string, Durations])[] = [
  ["openstack:compute/instance:Instance", { create: 60, update: 90, delete: 20 }],
  ["openstack:compute/volumeAttach:VolumeAttach", { create: 10, update: 10, delete: 10 }],
  ["openstack:blockstorage/volume:Volume", { create: 10, update: 10, delete: 10 }],
  ["openstack:loadbalancer/member:Member", { create: 10, update: 5, delete: 10 }],
  ["openstack:loadbalancer/", { create: 15, update: 10, delete: 10 }],
  ["openstack:networking/routerInterface:RouterInterface", { create: 10, update: 5, delete: 15 }],
  ["openstack:networking/router:Router", { create: 15, update: 5, delete: 10 }],
  ["openstack:networking/", { create: 5, update: 3, delete: 5 }],
  ["ovh:CloudProject/database:Database", { create: 900, update: 600, delete: 60 }],
  ["ovh:CloudProject/loadBalancer:LoadBalancer", { create: 180, update: 120, delete: 60 }],
  ["ovh:CloudProjectDatabase/", { create: 20, update: 15, delete: 15 }],
  ["ovh:Vrack/", { create: 60, update: 5, delete: 60 }],
];
const callSeconds = 2;

/** What the switch itself adds around an update of the engine. */
const around = { preview: 3, drain: 30, gate: 60, soak: 30, settle: 15 } as const;

/** Order in which kinds of resources can come up; those of one stage come up side by side. */
const stages: readonly string[] = [
  "ovh:Vrack/",
  "openstack:networking/network:",
  "openstack:networking/subnet:",
  "openstack:networking/router:",
  "openstack:networking/routerInterface:",
  "openstack:networking/",
  "openstack:blockstorage/",
  "ovh:CloudProject/",
  "ovh:CloudProjectDatabase/",
  "openstack:compute/instance:",
  "openstack:compute/",
  "openstack:loadbalancer/",
];

export interface ForecastChange {
  readonly type: string;
  readonly change: "create" | "update" | "replace" | "delete" | "read" | "import" | "same";
}

/** Expected seconds of one engine run: resources of one stage side by side, stages one after the other. */
export function forecastRun(changes: readonly ForecastChange[]): number {
  const longest = new Map<number, number>();
  for (const one of changes) {
    const stage = stageOf(one.type);
    longest.set(stage, Math.max(longest.get(stage) ?? 0, changeSeconds(one)));
  }
  return [...longest.values()].reduce((sum, seconds) => sum + seconds, 0);
}

/** How long a step should take, and how that is known. */
export interface ExpectedTime {
  /** Expected on the real cloud. */
  readonly seconds: number;
  /** The past steps that `seconds` is the median of; undefined: an estimate. */
  readonly learned: PastDuration | undefined;
  /** On a cloud that stands for the real one: what such a step took there. */
  readonly here: PastDuration | undefined;
}

export interface StepForecast extends ExpectedTime {
  readonly step: SwitchStep;
  /** Members that serve nobody during the step. */
  readonly out: readonly string[];
  /** Fronts that serve while the step runs, and once it has ended. */
  readonly servingDuring: number;
  readonly servingAfter: number;
}

/** How long earlier steps of a stack took, and on which cloud. */
export interface DurationHistory {
  readonly durations: PastDurations;
  /** False: of a cloud that stands for the real one; it says nothing of the real one's times. */
  readonly real: boolean;
}

/** Each step of a switch with its expected time and how many fronts serve at each moment. */
export function forecastSwitch(
  live: LiveFleet,
  steps: readonly SwitchStep[],
  { durations, real }: DurationHistory,
): readonly StepForecast[] {
  let now = live;
  return steps.map((step) => {
    const before = servingFronts(now);
    now = liveAfter(now, step);
    const out = leaves(step) ? membersOf(step) : [];
    const past = durations.get(durationKey(step));
    const learned = real ? past : undefined;
    return {
      step,
      seconds: learned?.seconds ?? stepSeconds(step),
      learned,
      here: real ? undefined : past,
      out,
      servingDuring: before.filter((name) => !out.includes(name)).length,
      servingAfter: servingFronts(now).length,
    };
  });
}

/** The machines of a wave change one after another; what surrounds the engine's run is waited for once. */
function stepSeconds(step: SwitchStep): number {
  const instance = durationsOf("openstack:compute/instance:Instance");
  const count = membersOf(step).length;
  switch (step.kind) {
    case "settle-resize":
      return step.how === "confirm" ? 10 : 60;
    case "recover-front":
      return around.gate;
    case "readmit-front":
      return around.gate + around.soak + around.settle;
    case "resize-load-balancer":
      return around.preview + durationsOf("ovh:CloudProject/loadBalancer:LoadBalancer").update + around.settle;
    case "add-front":
      return (
        around.preview +
        count * instance.create +
        durationsOf("openstack:compute/volumeAttach:VolumeAttach").create +
        durationsOf("openstack:loadbalancer/member:Member").create +
        around.gate +
        around.soak +
        around.settle
      );
    case "resize-front":
      return around.preview + around.drain + count * instance.update + around.gate + around.soak + around.settle;
    case "remove-front":
      return around.preview + around.drain + instance.delete + around.settle;
  }
}

function leaves(step: SwitchStep): boolean {
  return step.kind === "resize-front" || step.kind === "remove-front";
}

function servingFronts(live: LiveFleet): readonly string[] {
  return live.fronts.filter(serves).map((front) => front.name);
}

function changeSeconds({ type, change }: ForecastChange): number {
  const of = durationsOf(type);
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
      return callSeconds;
    case "read":
    case "same":
      return 0;
  }
}

function durationsOf(type: string): Durations {
  const found = durations.find(([prefix]) => type.startsWith(prefix));
  return found?.[1] ?? { create: callSeconds, update: callSeconds, delete: callSeconds };
}

function stageOf(type: string): number {
  const index = stages.findIndex((prefix) => type.startsWith(prefix));
  return index === -1 ? stages.length : index;
}
