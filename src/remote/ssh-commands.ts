import { ExitCode, LorError } from "../core/errors.ts";
import type { ManagedMachine } from "../machines/inventory.ts";
import { quoteForShell } from "../os/shell-words.ts";
import { cheapKeyExchange, defaultLimit, type MachineAccess, reasonOf } from "./machine-access.ts";
import { type PinnedSshArgs, pinnedSshOptions } from "./pinned-ssh.ts";
import { collectOutput, runSshClient, sshFailed } from "./ssh-client.ts";

export interface SshCommandsArgs extends PinnedSshArgs {
  readonly machines: readonly ManagedMachine[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Time until a connection must be established, in seconds. Default 10. */
  readonly connectSeconds?: number;
}

/** Runs commands by OpenSSH's client, one connection for each command. */
export function sshCommands(args: SshCommandsArgs): MachineAccess {
  const machines = new Map(args.machines.map((machine) => [machine.name, machine]));
  return {
    run: async (name, command, options = {}) => {
      const { input, limit = defaultLimit, signal } = options;
      const machine = machines.get(name);
      if (machine === undefined) throw new Error(`no machine is named ${name}`);
      const cheap = options.cheapKeyExchange === true ? cheapKeyExchange : [];
      const words = [...cheap, ...clientArguments(args, machine, command)];
      const { result, ...texts } = await collectOutput(input, (streams) =>
        runSshClient({ program: "ssh", args: words, env: args.env, limit, signal, ...streams }),
      );
      if (result.late) throw unreachable(name, "it did not answer in time");
      const { code = sshFailed } = result;
      if (code === sshFailed) throw unreachable(name, reasonOf(texts));
      return { code, ...texts };
    },
  };
}

function clientArguments(
  args: SshCommandsArgs,
  { address, port = 22, user }: ManagedMachine,
  command: readonly string[],
): readonly string[] {
  return [
    ...pinnedSshOptions(args),
    ...["-o", `ConnectTimeout=${args.connectSeconds ?? 10}`, "-o", "LogLevel=ERROR", "-o", "ControlPath=none"],
    ...["-T", "-p", String(port), "-l", user, "--", address, command.map(quoteForShell).join(" ")],
  ];
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
