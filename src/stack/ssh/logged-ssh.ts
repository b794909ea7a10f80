import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSshClient, type SshClientEnd, type SshClientRun } from "../../remote/ssh-client.ts";
import { proxyCommand } from "./ssh-files.ts";

/** Messages of one connection, by hop. */
interface SshLogs {
  readonly bastionLog: string;
  readonly machineLog: string;
}

export interface SshEnd extends SshLogs, Pick<SshClientEnd, "code"> {}

export interface SshRun extends SshClientRun {
  /** Path of the configuration file. */
  readonly config: string;
  /** Name of the bastion in the configuration, for a connection through it. */
  readonly jump: string | undefined;
}

/** Runs OpenSSH's client, whose own messages go to files: what a command writes is passed on as it is. @throws LorError `ssh-missing` */
export async function runSsh({ config, jump, ...run }: SshRun): Promise<SshEnd> {
  const logs = mkdtempSync(join(tmpdir(), "lor-infra-ssh-"));
  try {
    const bastionLog = join(logs, "bastion");
    const machineLog = join(logs, "machine");
    const through = jump === undefined ? [] : ["-o", `ProxyCommand=${proxyCommand(config, jump, bastionLog)}`];
    const own = run.program === "ssh" ? ["-E", machineLog] : [];
    const { code } = await runSshClient({ ...run, args: ["-F", config, ...own, ...through, ...run.args] });
    return { code, bastionLog: readLog(bastionLog), machineLog: readLog(machineLog) };
  } finally {
    rmSync(logs, { recursive: true, force: true });
  }
}

function readLog(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
