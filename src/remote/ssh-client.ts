import { spawn } from "node:child_process";
import { PassThrough, Readable, type Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { ExitCode, LorError } from "../core/errors.ts";
import { host } from "../os/host.ts";

/** Exit code of OpenSSH's client when the connection fails; a command on the machine may end with it too. */
export const sshFailed = 255;

/** Streams of the client: those of this process, or others. */
export interface SshStreams {
  readonly input: "inherit" | "none" | Readable;
  readonly output: "inherit" | Writable;
  readonly errors: "inherit" | Writable;
}

export interface SshClientRun extends SshStreams {
  readonly program: "ssh" | "scp";
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Limit, in milliseconds. Default: none. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SshClientEnd {
  /** Exit code of the client: that of the command, or 255; undefined when its limit or a signal ended it. */
  readonly code: number | undefined;
  /** Whether its limit ended it. */
  readonly late: boolean;
}

/** Runs OpenSSH's client. @throws LorError `ssh-missing` */
export async function runSshClient(run: SshClientRun): Promise<SshClientEnd> {
  const { input, output, errors } = run;
  const { promise, resolve, reject } = Promise.withResolvers<SshClientEnd>();
  const child = spawn(run.program, run.args, {
    env: { ...run.env },
    stdio: [
      input === "inherit" ? "inherit" : input === "none" ? "ignore" : "pipe",
      output === "inherit" ? "inherit" : "pipe",
      errors === "inherit" ? "inherit" : "pipe",
    ],
    ...(run.signal === undefined ? {} : { signal: run.signal }),
  });
  let late = false;
  const end = () => {
    late = true;
    child.kill();
  };
  const stopTimer = run.limit === undefined ? undefined : host().after(run.limit, end);
  child.on("error", (error: NodeJS.ErrnoException) => {
    stopTimer?.();
    reject(error.code === "ENOENT" ? missing(run.program, error) : error);
  });
  child.on("close", (code) => {
    stopTimer?.();
    resolve({ code: late ? undefined : (code ?? undefined), late });
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

/** Runs the client with a text as its input, and collects its output. @param input default: empty */
export async function collectOutput<T>(
  input: string | undefined,
  run: (streams: SshStreams) => Promise<T>,
): Promise<{ readonly result: T; readonly stdout: string; readonly stderr: string }> {
  const output = new PassThrough();
  const errors = new PassThrough();
  const texts = Promise.all([text(output), text(errors)]);
  try {
    const result = await run({ input: input === undefined ? "none" : Readable.from([input]), output, errors });
    output.end();
    errors.end();
    const [stdout, stderr] = await texts;
    return { result, stdout, stderr };
  } finally {
    output.end();
    errors.end();
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
