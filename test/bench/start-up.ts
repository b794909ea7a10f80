import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "../e2e/project.ts";
import { alternate, type Figure, median, type Times, timeProcess } from "./measure.ts";

const repository = resolve(import.meta.dirname, "..", "..");
const rounds = 15;

/** Offline commands against a bare start of the same Node, from this clone and from the package that npm would publish. */
export function startUp(project: TestProject): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-package-"));
  try {
    return [
      ...compare("from the clone", repository, project, [
        ...["check", "cost", "rpo", "calendar"].map((command) => ({ command, limit: 4 })),
        { command: "cost --season", limit: 5 },
        { command: "calendar --years 200 --json", limit: 10 },
      ]),
      ...compare(
        "from the package",
        unpackPackage(folder),
        project,
        ["check", "cost", "rpo", "calendar"].map((command) => ({ command, limit: 4 })),
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The bundle needs no dependency: the files of the package are all that an installation adds for these commands. */
function unpackPackage(folder: string): string {
  const options = { cwd: repository, encoding: "utf8" } as const;
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], options).trim();
  const installed = join(folder, "node_modules", "lor-infra");
  mkdirSync(installed, { recursive: true });
  const archive = join(folder, packed.split("\n").at(-1) ?? "");
  execFileSync("tar", ["--extract", "--file", archive, "--directory", installed, "--strip-components=1"]);
  return installed;
}

function compare(
  place: string,
  root: string,
  project: TestProject,
  commands: readonly { readonly command: string; readonly limit: number }[],
): Figure[] {
  const options = { cwd: project.folder, env: project.env };
  const launcher = join(root, "src", "cli", "lor-infra.cjs");
  return commands.flatMap(({ command, limit }) => {
    const { first, second } = alternate(
      rounds,
      () => timeProcess([process.execPath, launcher, ...command.split(" ")], options),
      () => timeProcess([process.execPath, "--eval", ""], options),
    );
    const figure = (clock: "processor" | "wall"): Figure => {
      const of = (runs: readonly { readonly processor: number; readonly wall: number }[]): Times =>
        runs.map((run) => run[clock]);
      const ratio = median(of(first)) / median(of(second));
      return {
        name: `lor-infra ${command} ${place} against a bare start of Node, ${clock} time, medians of ${rounds} in turn`,
        seen: `${ratio.toFixed(1)} (${median(of(first)).toFixed(3)} s, ${median(of(second)).toFixed(3)} s)`,
        limit: `${limit}`,
        within: ratio <= limit,
      };
    };
    return [figure("processor"), figure("wall")];
  });
}
