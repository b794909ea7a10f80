import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { delimiter } from "node:path";

/** Folders of programs for the administrator, which a user's PATH may lack. */
const administratorFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** PATH with the folders of programs for the administrator. */
export const toolPath = [process.env.PATH ?? "/usr/bin:/bin", ...administratorFolders].join(delimiter);

/** Start of a command in the image: with the environment of a Debian, whatever this computer's PATH is. */
export const guestEnvironment = [
  ...["/usr/bin/env", "-i"],
  ...["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"],
] as const;

/** Most characters of a program's output that an error repeats. */
const shownCharacters = 1_500;

export interface ToolOptions {
  /** Text for its standard input. Default: none. */
  readonly input?: string | undefined;
  /** Receives the output as it arrives. */
  readonly onOutput?: ((text: string) => void) | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ToolResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** No shell reads it. */
export type Command = readonly [program: string, ...arguments: string[]];

/** Starts a program without a shell, with the language C.UTF-8 and the administrator's programs in its PATH. */
export function spawnTool([program, ...args]: Command, options: SpawnOptions = {}): ChildProcess {
  const env = { PATH: toolPath, LC_ALL: "C.UTF-8", HOME: "/root", ...options.env };
  return spawn(program, args, { ...options, env });
}

/** Runs a program to its end, whatever its exit code. @throws Error when it cannot be started or a signal ends it */
export async function tryTool(command: Command, options: ToolOptions = {}): Promise<ToolResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ToolResult>();
  const child = spawnTool(command, { stdio: "pipe", env: options.env, signal: options.signal });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      options.onOutput?.(text);
    });
  }
  child.once("error", reject);
  child.once("close", (code, signal) => {
    if (code === null) reject(new Error(`${command[0]} was ended by ${signal}`));
    else resolve({ code, ...output });
  });
  // A program that ends without reading its input is judged by its exit code.
  child.stdin?.on("error", () => undefined).end(options.input ?? "");
  return await promise;
}

/** Runs a program to its end. @returns its standard output @throws Error with the end of its output when it fails */
export async function runTool(command: Command, options: ToolOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryTool(command, options);
  if (code !== 0) {
    const said = `${stdout}${stderr}`.trim().slice(-shownCharacters);
    throw new Error(`${command.slice(0, 4).join(" ")} ended with code ${code}: ${said}`);
  }
  return stdout;
}
