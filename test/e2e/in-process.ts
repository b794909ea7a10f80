import { CommanderError } from "commander";
import { createCommandTree } from "../../src/cli/command-tree.ts";
import { asLorError, errorDocument, renderError } from "../../src/cli/render/error.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import type { Run, TestProject } from "./project.ts";

/** What a command shows a person, and what it would print with `--json`, from one run. */
export interface RunOfBoth extends Run {
  /** Standard output with `--json`. */
  readonly document: string;
}

/** Commands change this process's folder and environment: one runs at a time. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `lor-infra ARGS` in this process, as a user would type it in the project's folder. It costs a fraction of a process of its own. Not for a command
 * that is killed, needs a real terminal, or is refused by the command line's parser, which writes by itself.
 */
export function runInProcess(
  project: TestProject,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunOfBoth> {
  const run = last.then(() => within(project, env, () => runCommand(args)));
  last = run.catch(() => undefined);
  return run;
}

async function within<T>(
  project: TestProject,
  env: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const [folder, outer] = [process.cwd(), { ...process.env }];
  try {
    process.chdir(project.folder);
    replaceEnvironment({ ...project.env, ...env });
    await import("./clock-ahead.ts");
    return await work();
  } finally {
    process.chdir(folder);
    replaceEnvironment(outer);
  }
}

function replaceEnvironment(wanted: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) {
    if (wanted[name] === undefined) delete process.env[name];
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined) process.env[name] = value;
  }
}

async function runCommand(args: readonly string[]): Promise<RunOfBoth> {
  const said = { stdout: "", stderr: "", document: "" };
  const tree = createCommandTree({}, (options) => recordingTerminal(said, options));
  try {
    await tree.program.parseAsync(args, { from: "user" });
    return { ...said, code: tree.exitCode() };
  } catch (error) {
    if (error instanceof CommanderError) throw new Error(`lor-infra ${args.join(" ")}: ${error.message}`);
    said.stderr += `${renderError(error, false)}\n`;
    said.document += `${JSON.stringify(errorDocument(error), null, 2)}\n`;
    return { ...said, code: asLorError(error).exit };
  }
}

/** Like a pipe: no colour and no question. With `--json` the screen stays empty. */
function recordingTerminal(
  said: { stdout: string; stderr: string; document: string },
  { json, quiet = false }: { readonly json: boolean; readonly quiet?: boolean },
): Terminal {
  return {
    json,
    interactive: false,
    columns: 120,
    line(text = "") {
      if (!json && !quiet) said.stdout += `${text}\n`;
    },
    print(text) {
      said.stdout += text;
    },
    warn(text) {
      said.stderr += `${text}\n`;
    },
    document(value) {
      said.document += `${JSON.stringify(value, null, 2)}\n`;
    },
    style: (_, text) => text,
  };
}
