import { mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CloudRuntime } from "../../local-cloud/kernel/runtime.ts";
import { quoteForShell } from "../../os/shell-words.ts";
import { cloudFolder } from "../../stack/cloud-connection.ts";
import { passphraseVariables } from "../../stack/passphrase.ts";
import { FolderFiles } from "../../state/folder-files.ts";
import type { StackState } from "../../state/stack-state.ts";

export interface CloudEnvironmentArgs {
  /** State folder (`.lor-infra`). */
  readonly home: string;
  readonly runtime: CloudRuntime;
  /** Location of the state that our commands use. */
  readonly state: StackState;
  /** Path of the engine; the language host is in the same folder. */
  readonly engine: string;
  /** Path of the Node that runs the program: version 24, whatever the system's is. */
  readonly node: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Environment that lets plain `pulumi` work on the local cloud and on nothing else. @throws LorError `passphrase-unreadable` */
export function cloudEnvironment(args: CloudEnvironmentArgs): Readonly<Record<string, string>> {
  const { providers } = args.runtime;
  return {
    LOR_INFRA_CLOUD: "local",
    PULUMI_DEBUG_PROVIDERS: Object.entries(providers)
      .map(([name, port]) => `${name}:${port}`)
      .join(","),
    PULUMI_BACKEND_URL: plainBackendUrl(args.state),
    ...passphraseVariables(args.home, args.env),
    // The state is stored in the form that lor-infra reads, whatever the shell's variables say.
    PULUMI_DIY_BACKEND_GZIP: "false",
    PULUMI_DIY_BACKEND_ZSTD: "false",
    PULUMI_DIY_BACKEND_LEGACY_LAYOUT: "false",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Attached providers need no plugin; without this variable the engine would try to download the plugins that the program names.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    LOR_TLS_PKCS12_FILE: join(cloudFolder(args.home), "tls.p12"),
    PATH: [dirname(args.engine), dirname(args.node), args.env.PATH]
      .filter((part, index, parts) => part !== undefined && part !== "" && parts.indexOf(part) === index)
      .join(delimiter),
  };
}

function plainBackendUrl({ backend, backendUrl }: StackState): string {
  if (!(backend instanceof FolderFiles)) {
    return backendUrl;
  }
  mkdirSync(backend.folder, { recursive: true, mode: 0o700 });
  return pathToFileURL(backend.folder).href;
}

/** The variables as a shell's `export` lines, for `eval`. */
export function shellExports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoteForShell(value)}\n`)
    .join("");
}
