import { spawn } from "node:child_process";
import { join } from "node:path";
import { builtProgram } from "../../src/engine/built-program.ts";
import { ended, type Run } from "../e2e/project.ts";

/** Path of actionlint. A first build takes about 10 s. */
function obtainActionlint(): Promise<string> {
  return builtProgram({
    recipe: {
      binary: "actionlint",
      modules: join(import.meta.dirname, "actionlint"),
      buildArguments: ["-trimpath", "github.com/rhysd/actionlint/cmd/actionlint"],
    },
    version: "1.7.12",
    kind: "actionlint",
    env: process.env,
    onProgress: () => undefined,
  });
}

/** Code 0: nothing was found in these files. */
export async function lint(files: readonly string[], folder: string): Promise<Run> {
  const program = await obtainActionlint();
  return await ended(spawn(program, ["-no-color", ...files], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] }));
}
