import { withProxies } from "../os/proxy.ts";

/** Inputs of the engine's environment. */
export interface EngineEnvironmentArgs {
  /** The caller's environment; the engine inherits the variables of `inherited` and of `providerVariables`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prefixes of the variables that the cloud's providers read, such as `OS_`. */
  readonly providerVariables: readonly string[];
  /** Where the state lies, such as `file:///home/a/shop/.lor-infra/local/backend`. */
  readonly backendUrl: string;
  readonly passphrase: string;
  /** Provider servers that already run, name -> port on loopback. */
  readonly providers: Readonly<Record<string, number>> | undefined;
  /** Folder of the engine's own plugins and settings; the caller's PULUMI_HOME, or `~/.pulumi`, when absent. */
  readonly pulumiHome: string | undefined;
}

/**
 * Variables that the engine and its providers inherit; no other reaches them. The engine reads more than 60 variables that begin with PULUMI_ (its own
 * `sdk/go/common/env/env.go`, and PULUMI_OPTION_* for each flag): they change how the state is stored, which stack, secret or cloud it works on, what it
 * skips. A left-over PULUMI_DEBUG_PROVIDERS, for one, would make a refresh of a real stack ask the local cloud and empty its state.
 */
const inherited: readonly RegExp[] = [
  // The process: programs, home, temporary files, language, time zone.
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|LANG|LANGUAGE|LC_[A-Z]+|TZ)$/,
  /^XDG_(CACHE|CONFIG|DATA|STATE)_HOME$/,
  // The network: certificates and proxies.
  /^(SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS)$/,
  /^(https?_proxy|no_proxy|no_grpc_proxy)$/i,
  // Credentials of a backend in a bucket.
  /^AWS_[A-Z0-9_]+$/,
  // Where plugins are kept and downloaded from.
  /^(PULUMI_HOME|PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES|GITHUB_TOKEN)$/,
  // The mark by which the engine of a dead command is found.
  /^LOR_INFRA_RUN$/,
];

function isInherited(name: string, providerVariables: readonly string[]): boolean {
  return inherited.some((pattern) => pattern.test(name)) || providerVariables.some((prefix) => name.startsWith(prefix));
}

/** The complete environment of the engine's process. */
export function engineEnvironment(args: EngineEnvironmentArgs): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(withProxies(args.env))) {
    if (value !== undefined && isInherited(name, args.providerVariables)) {
      environment[name] = value;
    }
  }
  environment.PULUMI_BACKEND_URL = args.backendUrl;
  environment.PULUMI_CONFIG_PASSPHRASE = args.passphrase;
  environment.PULUMI_SKIP_UPDATE_CHECK = "true";
  environment.PULUMI_AUTOMATION_API = "true";
  if (args.pulumiHome !== undefined) {
    environment.PULUMI_HOME = args.pulumiHome;
  }
  if (args.providers !== undefined) {
    environment.PULUMI_DEBUG_PROVIDERS = Object.entries(args.providers)
      .map(([name, port]) => `${name}:${port}`)
      .join(",");
    // Attached providers need no plugin; without this the engine would try to download the ones the program names.
    environment.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = "true";
  }
  return environment;
}
