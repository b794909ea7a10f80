import { spawn } from "node:child_process";
import { ExitCode, LorError } from "../core/errors.ts";
import type { ManagedMachine } from "../machines/inventory.ts";
import { quoteForShell } from "../os/shell-words.ts";
import { type PinnedSshArgs, pinnedSshOptions } from "./pinned-ssh.ts";
import type { RemoteAnswer, RemoteCommandOptions, RemoteCommands } from "./remote-commands.ts";

export interface SshCommandsArgs extends PinnedSshArgs {
  readonly machines: readonly ManagedMachine[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Time until a connection must be established, in seconds. Default 10. */
  readonly connectSeconds?: number;
}

const defaultLimit = 60_000;
/** Exit code of OpenSSH's client for its own failures. */
const sshFailed = 255;

/** Runs commands by OpenSSH's client, one connection for each command. */
export function sshCommands(args: SshCommandsArgs): RemoteCommands {
  const machines = new Map(args.machines.map((machine) => [machine.name, machine]));
  return {
    run: async (name, command, options = {}) => {
      const machine = machines.get(name);
      if (machine === undefined) throw new Error(`no machine is named ${name}`);
      const answer = await ssh(args, machine, command, options);
      if (answer === "too-long") throw unreachable(name, "it did not answer in time");
      if (answer.code === sshFailed) throw unreachable(name, lastLine(answer.stderr));
      return answer;
    },
  };
}

function ssh(
  args: SshCommandsArgs,
  { address, port = 22, user }: ManagedMachine,
  command: readonly string[],
  { input = "", limit = defaultLimit, signal }: RemoteCommandOptions,
): Promise<RemoteAnswer | "too-long"> {
  const words = [
    ...pinnedSshOptions(args),
    ...["-o", `ConnectTimeout=${args.connectSeconds ?? 10}`, "-o", "LogLevel=ERROR", "-o", "ControlPath=none"],
    ...["-T", "-p", String(port), "-l", user, "--", address, command.map(quoteForShell).join(" ")],
  ];
  return new Promise((resolve, reject) => {
    const options = { env: args.env, stdio: ["pipe", "pipe", "pipe"] as ["pipe", "pipe", "pipe"] };
    const child = spawn("ssh", words, signal === undefined ? options : { ...options, signal });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, limit);
    const texts = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      texts.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      texts.stderr += text;
    });
    // A command that ends without reading its input is judged by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve(late ? "too-long" : { code: code ?? sshFailed, ...texts });
    });
  });
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}

function unreachable(name: string, reason: string): LorError {
  return new LorError({
    code: "machine-not-reached",
    message: `machine ${name} cannot be reached by SSH: ${reason}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    next: "check its address, its firewall and its host keys, then the same command again",
  });
}
