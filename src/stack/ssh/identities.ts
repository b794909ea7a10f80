import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withoutComment } from "../../core/public-key.ts";

/** A key of the settings that this user has. */
export interface Identity {
  /** Name of the administrator in the settings. */
  readonly administrator: string;
  /** File of the private key; undefined: the agent has it. */
  readonly file: string | undefined;
  /** Type and key. */
  readonly publicKey: string;
}

interface SearchArgs {
  readonly administrators: readonly { readonly name: string; readonly key: string }[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The administrators' keys that this user has, in `~/.ssh` or in the agent. Naming them keeps OpenSSH from offering every key of an agent, of which
 * a server accepts six tries.
 */
export function findIdentities({ administrators, env }: SearchArgs): readonly Identity[] {
  const files = publicKeyFiles(join(env.HOME ?? "", ".ssh"));
  const inAgent = agentKeys(env);
  return administrators.flatMap(({ name, key }): Identity[] => {
    const publicKey = withoutComment(key);
    const file = files.find((one) => one.publicKey === publicKey)?.file;
    if (file === undefined && !inAgent.includes(publicKey)) return [];
    return [{ administrator: name, file, publicKey }];
  });
}

interface KeyFile {
  readonly file: string;
  readonly publicKey: string;
}

/** Private keys with their public keys beside them. */
function publicKeyFiles(folder: string): readonly KeyFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".pub") && existsSync(join(folder, name.slice(0, -4))))
    .flatMap((name) => {
      try {
        const publicKey = withoutComment(readFileSync(join(folder, name), "utf8"));
        return [{ file: join(folder, name.slice(0, -4)), publicKey }];
      } catch {
        return [];
      }
    });
}

/** Keys of the agent; none without an agent, or with one that does not answer in 5 seconds. */
function agentKeys(env: SearchArgs["env"]): readonly string[] {
  if (env.SSH_AUTH_SOCK === undefined || env.SSH_AUTH_SOCK === "") return [];
  const { status, stdout } = spawnSync("ssh-add", ["-L"], {
    env: { ...env },
    encoding: "utf8",
    timeout: 5_000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return status === 0 ? stdout.trim().split("\n").map(withoutComment) : [];
}
