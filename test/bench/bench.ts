import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { TestProject } from "../e2e/project.ts";
import { rushCallChain } from "./call-chain.ts";
import { growth } from "./growth.ts";
import { idleCloud } from "./idle-cloud.ts";
import { alternate, type Figure, median, printFigures, timeCommand } from "./measure.ts";
import { rushAgainstCriticalPath } from "./rush.ts";
import { startUp } from "./start-up.ts";
import { thousandResources } from "./thousand-resources.ts";

const launcher = join(resolve(import.meta.dirname, "..", ".."), "src", "cli", "lor-infra.cjs");
const project = new TestProject();

try {
  const figures = [
    ...startUp(project),
    ...(await previewAgainstPlain()),
    ...(await rushAgainstCriticalPath(project)),
    ...(await thousandResources()),
    ...growth(),
    await rushCallChain(),
    await idleCloud(2),
    await idleCloud(30),
  ];
  process.stdout.write("\n");
  printFigures(figures);
  process.exitCode = figures.every((figure) => figure.within) ? 0 : 1;
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
