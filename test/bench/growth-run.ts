import { preview } from "../../src/actions/preview/preview.ts";
import { switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { up } from "../../src/actions/up/up.ts";
import { TestProject } from "../e2e/project.ts";
import { withFronts } from "./fronts.ts";
import { timeAction } from "./time-action.ts";

/** Seconds of one action, and how many of them the engine ran. */
export interface Timed {
  readonly seconds: number;
  readonly engine: number;
}

/** What one size of the shop takes. */
export interface Growth {
  readonly fronts: number;
  /** Of a stack that is not there yet. */
  readonly preview: Timed;
  readonly up: Timed;
  readonly rush: Timed;
  /** Each from its beginning to the beginning of the next one. */
  readonly steps: readonly (Timed & { readonly step: string })[];
}

const fronts = Number(process.argv[2]);
const project = new TestProject();
try {
  withFronts(project, fronts);
  project.edit("Pulumi.yaml", (text) =>
    text.replace("config:\n", 'config:\n  rolling:\n    value: { minHealthy: "80%" }\n'),
  );
  const confirm = () => Promise.resolve(true);
  const previewed = await timeAction(project, { operation: undefined, act: (context) => preview(context, {}) });
  const created = await timeAction(project, { operation: "up", act: (context) => up(context, { confirm }) });
  const steps: { step: string; began: number; engine: number }[] = [];
  const switched = await timeAction(project, {
    operation: "rush",
    act: (context) => switchProfile(context, { target: "rush", confirm }),
    listen: (times) => (event) => {
      if (event.kind !== "step-begun") return;
      const { step } = event;
      const names = "members" in step ? step.members.map((one) => (typeof one === "string" ? one : one.name)) : [];
      steps.push({ step: [step.kind, ...names].join(" "), began: performance.now(), engine: times.seconds });
    },
  });
  const ends = [...steps.slice(1), { began: switched.ended, engine: switched.times.seconds }];
  const growth: Growth = {
    fronts,
    preview: figure(previewed),
    up: figure(created),
    rush: figure(switched),
    steps: steps.map(({ step, began, engine }, index) => ({
      step,
      seconds: ((ends[index]?.began ?? 0) - began) / 1000,
      engine: (ends[index]?.engine ?? 0) - engine,
    })),
  };
  process.stdout.write(`${JSON.stringify(growth)}\n`);
} finally {
  await project.dispose();
}

function figure({ seconds, times }: Awaited<ReturnType<typeof timeAction>>): Timed {
  return { seconds, engine: times.seconds };
}
