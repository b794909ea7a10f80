import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { TestProject } from "../e2e/project.ts";
import { apiCalls } from "./api-calls.ts";
import { rushCallChain } from "./call-chain.ts";
import { fleet } from "./fleet.ts";
import { growth } from "./growth.ts";
import { idleCloud } from "./idle-cloud.ts";
import { bootedFronts, bootedOdoo } from "./machines.ts";
import { alternate, type Figure, median, printFigures, timeCommand } from "./measure.ts";
import { rushAgainstCriticalPath } from "./rush.ts";
import { startUp } from "./start-up.ts";
import { thousandResources } from "./thousand-resources.ts";

const launcher = join(resolve(import.meta.dirname, "..", ".."), "src", "cli", "lor-infra.cjs");
const project = new TestProject();

/** Groups of figures, by the name that selects them: `npm run bench -- fronts odoo`. Default: all. */
const groups: Readonly<Record<string, () => readonly Figure[] | Promise<readonly Figure[]>>> = {
  "start-up": () => startUp(project),
  // Together, because the rush needs the stack of the preview.
  rush: async () => [...(await previewAgainstPlain()), ...(await rushAgainstCriticalPath(project))],
  resources: thousandResources,
  growth,
  "api-calls": apiCalls,
  "call-chain": async () => [await rushCallChain()],
  idle: async () => [await idleCloud(2), await idleCloud(30)],
  fronts: bootedFronts,
  odoo: bootedOdoo,
  fleet,
};

try {
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(groups);
  const unknown = wanted.filter((name) => groups[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`no figures named ${unknown.join(", ")}; there are ${Object.keys(groups).join(", ")}`);
  const figures: Figure[] = [];
  for (const name of wanted) {
    const found = (await groups[name]?.()) ?? [];
    // Those of a group are shown at once: the whole takes half an hour.
    printFigures(found);
    figures.push(...found);
  }
  const missed = figures.filter(({ within }) => !within).length;
  process.stdout.write(`\n${figures.length - missed} of ${figures.length} figures within their limits\n`);
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  await project.dispose();
}

/** The same stack, the same engine, the same local cloud: our preview against the plain one. The stack stays up. */
async function previewAgainstPlain(): Promise<Figure[]> {
  const up = await project.run(["up", "--yes"]);
  if (up.code !== 0) throw new Error(`up failed:\n${up.stdout}\n${up.stderr}`);
  const exported = JSON.parse((await project.run(["cloud", "env", "--json"])).stdout) as {
    variables: Record<string, string>;
  };
  const env = { ...project.env, ...exported.variables };
  const pulumi = execFileSync("sh", ["-c", "command -v pulumi"], {
    env: env as NodeJS.ProcessEnv,
    encoding: "utf8",
  }).trim();
  const { first, second } = alternate(
    5,
    () => timeCommand([process.execPath, launcher, "preview"], { cwd: project.folder, env: project.env }),
    () =>
      timeCommand([pulumi, "preview", "--stack", "prod", "--config-file", "Pulumi.normal.yaml", "--non-interactive"], {
        cwd: project.folder,
        env,
      }),
  );
  const ratio = median(first) / median(second);
  return [
    {
      name: "lor-infra preview against pulumi preview, medians of 5 in turn",
      seen: `${ratio.toFixed(2)} (${median(first).toFixed(2)} s, ${median(second).toFixed(2)} s)`,
      limit: "0.80",
      within: ratio <= 0.8,
    },
  ];
}
