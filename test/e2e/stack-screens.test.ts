import { afterAll, expect, it } from "vitest";
import { TestProject } from "./project.ts";
import { expectScreen } from "./screen.ts";

/**
 * What each command says of a stack that it creates, switches and deletes around Noël: of one stack as a person reads it, of another one as a script does.
 * Each screen comes after the ones before it.
 */
const [person, script] = [new TestProject(), new TestProject()];
for (const project of [person, script]) project.startClockAt("2026-12-05T09:00:00Z");
afterAll(() => Promise.all([person.dispose(), script.dispose()]));

interface Screen {
  readonly name: string;
  readonly args: readonly string[];
  /** Default: 0. */
  readonly code?: number;
  /** Who asks. Default: both. */
  readonly of?: readonly TestProject[];
  /** What happens to both stacks before it. */
  readonly before?: (project: TestProject) => unknown;
}

const [hour, day] = [3600, 86_400];
const smallerOdoo = (project: TestProject) =>
  project.edit("Pulumi.yaml", (text) => text.replace("flavor: b2-15", "flavor: b2-7"));

const screens: readonly Screen[] = [
  { name: "up", args: ["up", "--yes"] },
  { name: "status", args: ["status"] },
  // By then the first copies of the files are made, whatever the machine's speed.
  { name: "cloud-env", args: ["cloud", "env"], before: (project) => project.pass(2 * hour) },
  { name: "preview-change", args: ["preview"], before: smallerOdoo },
  { name: "up-change", args: ["up", "--yes"] },
  { name: "preview-rush", args: ["preview", "--profile", "rush"] },
  { name: "preview-markdown", args: ["preview", "--profile", "rush", "--format", "markdown"], of: [person] },
  { name: "season-wants-rush", args: ["season"], code: 5 },
  { name: "rush-plan", args: ["rush", "--plan", "plan.json"] },
  { name: "rush", args: ["rush", "--event", "noel", "--yes"] },
  { name: "rush-nothing", args: ["rush", "--yes"] },
  { name: "status-rush", args: ["status"] },
  { name: "normal-plan", args: ["normal", "--plan", "back.json"], of: [person] },
  { name: "season-wants-normal", args: ["season"], code: 5, before: (project) => project.pass(22 * day) },
  { name: "normal", args: ["normal", "--yes"] },
  { name: "season", args: ["season"] },
  { name: "review", args: ["season", "--review"] },
  { name: "state-list", args: ["state", "list"] },
  { name: "destroy-refused", args: ["destroy", "--yes"], code: 3 },
  { name: "destroy", args: ["destroy", "--with-data", "--yes"] },
];

it.each(screens)("$name", async ({ name, args, code = 0, of = [person, script], before }) => {
  const runs = await Promise.all(
    of.map(async (project) => {
      await before?.(project);
      return { project, run: await project.run(project === person ? args : [...args, "--json"]) };
    }),
  );
  for (const { project, run } of runs) {
    expect(run.code, run.stdout + run.stderr).toBe(code);
    await expectScreen(project, name, run);
  }
});
