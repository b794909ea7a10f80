import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { onTestFinished } from "vitest";
import { ended, type Run } from "../e2e/project.ts";

export interface ScriptRun extends Run {
  /** What was called, such as `npx lor-infra check --stack prod`. */
  readonly called: readonly string[];
  readonly folder: string;
}

export interface ScriptArgs {
  readonly shell: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Exit code of a call that begins like this. */
  readonly fails?: Readonly<Record<string, number>>;
  /** What a call prints beside its words: the variables of these names. */
  readonly shows?: readonly string[];
  /** Files that are there, by path from the folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Runs the script of a step with `npx`, `npm` and `git` that only write down what they are asked. */
export async function runScript(script: string, args: ScriptArgs): Promise<ScriptRun> {
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-script-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const shown = (args.shows ?? []).map((name) => `${name}=\${${name}-none}`).join(" ");
  const cases = Object.entries(args.fails ?? {}).map(([call, code]) => `"${call}"*) exit ${code} ;;`);
  for (const name of ["npx", "npm", "git"]) {
    const lines = [
      "#!/bin/sh",
      `echo "${name} $* ${shown}" >> "${folder}/called"`,
      `case "${name} $*" in`,
      ...cases,
      "esac",
    ];
    writeFileSync(join(bin, name), `${lines.join("\n")}\n`, { mode: 0o755 });
  }
  for (const [path, text] of Object.entries(args.files ?? {})) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, "called"), "");
  const [program = "sh", ...words] = args.shell;
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, RUNNER_TEMP: folder, ...args.env };
  const child = spawn(program, [...words, script], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const run = await ended(child);
  const called = readFileSync(join(folder, "called"), "utf8")
    .split("\n")
    .map((line) => line.trim());
  return { ...run, called: called.filter((line) => line !== ""), folder };
}
