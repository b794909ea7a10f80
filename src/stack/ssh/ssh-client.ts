import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { ExitCode, LorError } from "../../core/errors.ts";
import { proxyCommand } from "./ssh-files.ts";

/** Messages of one connection, by hop. */
interface SshLogs {
  readonly bastionLog: string;
  readonly machineLog: string;
}

export interface SshEnd extends SshLogs {
  /** Exit code of the client: that of the command, or 255; undefined when its limit or a signal ended it. */
  readonly code: number | undefined;
}

/** Streams of the client: those of this process, or others. */
export interface SshStreams {
  readonly input: "inherit" | "none" | Readable;
  readonly output: "inherit" | Writable;
  readonly errors: "inherit" | Writable;
}

export interface SshRun extends SshStreams {
  readonly program: "ssh" | "scp";
  /** Path of the configuration file. */
  readonly config: string;
  /** Name of the bastion in the configuration, for a connection through it. */
  readonly jump: string | undefined;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Limit, in milliseconds. Default: none. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs OpenSSH's client, whose own messages go to files: what a command writes is passed on as it is. @throws LorError `ssh-missing` */
export async function runSsh(run: SshRun): Promise<SshEnd> {
  const logs = mkdtempSync(join(tmpdir(), "lor-infra-ssh-"));
  try {
    const bastionLog = join(logs, "bastion");
    const machineLog = join(logs, "machine");
    const through =
      run.jump === undefined ? [] : ["-o", `ProxyCommand=${proxyCommand(run.config, run.jump, bastionLog)}`];
    const own = run.program === "ssh" ? ["-E", machineLog] : [];
    const code = await start(run, ["-F", run.config, ...own, ...through, ...run.args]);
    return { code, bastionLog: readLog(bastionLog), machineLog: readLog(machineLog) };
  } finally {
    rmSync(logs, { recursive: true, force: true });
  }
}

async function start(run: SshRun, args: readonly string[]): Promise<number | undefined> {
  const { input, output, errors } = run;
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const child = spawn(run.program, args, {
    env: { ...run.env },
    stdio: [
      input === "inherit" ? "inherit" : input === "none" ? "ignore" : "pipe",
      output === "inherit" ? "inherit" : "pipe",
      errors === "inherit" ? "inherit" : "pipe",
    ],
    ...(run.signal === undefined ? {} : { signal: run.signal }),
  });
  child.on("error", (error: NodeJS.ErrnoException) =>
    reject(error.code === "ENOENT" ? missing(run.program, error) : error),
  );
  let late = false;
  const end = () => {
    late = true;
    child.kill();
  };
  const timer = run.limit === undefined ? undefined : setTimeout(end, run.limit);
  child.on("close", (code) => {
    clearTimeout(timer);
    resolve(late ? undefined : (code ?? undefined));
  });
  if (typeof input !== "string" && child.stdin !== null) {
    // The command may end without reading its input.
    child.stdin.on("error", () => undefined);
    input.pipe(child.stdin);
  }
  if (output !== "inherit") child.stdout?.pipe(output, { end: false });
  if (errors !== "inherit") child.stderr?.pipe(errors, { end: false });
  return await promise;
}

function readLog(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function missing(program: string, cause: unknown): LorError {
  return new LorError({
    code: "ssh-missing",
    message: `the program ${program} is not installed`,
    exit: ExitCode.failed,
    culprit: "user",
    accepted: "OpenSSH's client, 7.6 or later",
    next: "apt-get install openssh-client",
    cause,
  });
}
