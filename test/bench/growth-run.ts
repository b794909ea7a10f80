import { preview } from "../../src/actions/preview/preview.ts";
import { switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { up } from "../../src/actions/up/up.ts";
import type { Emit } from "../../src/stack/action-event.ts";
import { openContext } from "../../src/stack/open-context.ts";
import type { StackContext } from "../../src/stack/stack-context.ts";
import { loadProject } from "../../src/systems/load-project.ts";
import { TestProject } from "../e2e/project.ts";
import { EngineTimes } from "./engine-times.ts";
import { withFronts } from "./fronts.ts";

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
  const previewed = await timed("preview", (context) => preview(context, {}));
  const created = await timed("up", (context) => up(context, { confirm }));
  const steps: { step: string; began: number; engine: number }[] = [];
  const switched = await timed(
    "rush",
    (context) => switchProfile(context, { target: "rush", confirm }),
    (times) => (event) => {
      if (event.kind !== "step-begun") return;
      const { step } = event;
      const names = "members" in step ? step.members.map((one) => (typeof one === "string" ? one : one.name)) : [];
      steps.push({ step: [step.kind, ...names].join(" "), began: performance.now(), engine: times.seconds });
    },
  );
  const ends = [...steps.slice(1), { began: switched.ended, engine: switched.engine }];
  const growth: Growth = {
    fronts,
    preview: previewed,
    up: created,
    rush: switched,
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

async function timed(
  operation: string,
  act: (context: StackContext) => Promise<unknown>,
  listen: (times: EngineTimes) => Emit = () => () => undefined,
): Promise<Timed & { readonly ended: number }> {
  const loaded = loadProject(project.folder, "prod");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const began = performance.now();
  const times = new EngineTimes();
  {
    await using context = await openContext({
      project: loaded.value,
      cloud: "local",
      env: project.env,
      ...(operation === "preview" ? {} : { operation }),
      emit: (event) => listen(times)(event),
    });
    await act({ ...context, engine: times.of(context.engine) });
  }
  const ended = performance.now();
  return { seconds: (ended - began) / 1000, engine: times.seconds, ended };
}
