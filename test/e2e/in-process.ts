import { type Command, CommanderError } from "commander";
import { createCommandTree } from "../../src/cli/command-tree.ts";
import { asLorError, errorDocument, renderError } from "../../src/cli/render/error.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { ExitCode } from "../../src/core/errors.ts";
import { type Run, TestProject } from "./project.ts";

/** What a command shows a person, and what it would print with `--json`, from one run. */
export interface RunOfBoth extends Run {
  /** Standard output with `--json`. */
  readonly document: string;
}

/** A project whose commands run in this process: each costs a fraction of a process of its own. */
export class InProcessProject extends TestProject {
  override async run(args: readonly string[], env: Record<string, string> = {}): Promise<RunOfBoth> {
    const run = await runInProcess(this, args, env);
    return asksForJson(args) ? { ...run, stdout: run.document } : run;
  }
}

/** Commands change this process's folder and environment: one runs at a time. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `lor-infra ARGS` in this process, as a user would type it in the project's folder. Not for a command that is killed, gets a signal, or needs a real
 * terminal.
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

interface Recording {
  stdout: string;
  stderr: string;
  document: string;
}

async function runCommand(args: readonly string[]): Promise<RunOfBoth> {
  const recording: Recording = { stdout: "", stderr: "", document: "" };
  const tree = await createCommandTree({
    typed: args[0],
    open: (options) => recordingTerminal(recording, options),
  });
  recordUsage(tree.program, recording);
  try {
    await tree.program.parseAsync(args, { from: "user" });
    return { ...recording, code: tree.exitCode() };
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { ...recording, code: ExitCode.done };
    recording.document += `${JSON.stringify(errorDocument(error), null, 2)}\n`;
    // The parser has shown its own errors.
    if (error instanceof CommanderError) return { ...recording, code: ExitCode.usage };
    if (!asksForJson(args)) recording.stderr += `${renderError(error, false)}\n`;
    return { ...recording, code: asLorError(error).exit };
  }
}

function recordUsage(command: Command, recording: Recording): void {
  command.configureOutput({
    writeOut: (text) => {
      recording.stdout += text;
    },
    writeErr: (text) => {
      recording.stderr += text;
    },
  });
  for (const inner of command.commands) recordUsage(inner, recording);
}

/** Like a pipe: no colour and no question. With `--json` the screen stays empty. */
function recordingTerminal(
  recording: Recording,
  { json, quiet = false }: { readonly json: boolean; readonly quiet?: boolean },
): Terminal {
  return {
    json,
    interactive: false,
    columns: 120,
    line(text = "") {
      if (!json && !quiet) recording.stdout += `${text}\n`;
    },
    print(text) {
      recording.stdout += text;
    },
    warn(text) {
      recording.stderr += `${text}\n`;
    },
    document(value) {
      recording.document += `${JSON.stringify(value, null, 2)}\n`;
    },
    style: (_, text) => text,
  };
}

function asksForJson(args: readonly string[]): boolean {
  return args.some((word, index) => word === "--json" || (word === "--format" && args[index + 1] === "json"));
}
