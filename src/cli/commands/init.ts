import { basename, resolve } from "node:path";
import { initProject } from "../../actions/init/init-project.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest-name.ts";
import { host } from "../../os/host.ts";
import { stateHome } from "../../state/stack-folder.ts";
import type { SystemDefinition } from "../../systems/contract.ts";
import { findSystem, systemIds } from "../../systems/registry.ts";
import type { CommonOptions } from "../options.ts";
import { version } from "../package-folder.ts";
import type { Terminal } from "../terminal.ts";

export async function init(
  terminal: Terminal,
  options: CommonOptions & { readonly name?: string; readonly system: string },
  directory: string,
): Promise<ExitCode> {
  const dir = resolve(directory);
  const { files, passphrase } = initProject({
    dir,
    home: stateHome(dir, process.env),
    name: options.name ?? basename(dir),
    version,
    system: requireOffered(options.system),
    environment: process.env,
    randomBytes: (count) => host().randomBytes(count),
  });
  terminal.line("Written:");
  for (const file of files) terminal.line(`  ${file}`);
  terminal.line(
    passphrase.origin === "file"
      ? `The passphrase of every secret in the state is in ${passphrase.path}, and nowhere else.\nKeep a copy outside this machine: without it no state with secrets can be read again.`
      : `The passphrase is the one of ${passphrase.variable}. Without it no state with secrets can be read again.`,
  );
  const values = "Next: fill in your own values, then";
  terminal.line(directory === "." ? `${values} lor-infra check` : `${values} lor-infra check --settings ${directory}`);
  terminal.document({ version: 1, ok: true, files, passphrase });
  return ExitCode.done;
}

function requireOffered(id: string): SystemDefinition {
  const system = findSystem(id);
  if (system !== undefined) return system;
  throw new LorError({
    code: "system-unknown",
    message: `the system does not exist${didYouMean(id, systemIds)}`,
    exit: ExitCode.usage,
    culprit: "user",
    path: "--system",
    seen: id,
    accepted: systemIds.join(", "),
    next: "lor-infra init --help",
  });
}
