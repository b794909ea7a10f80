import { withProxies } from "../os/proxy.ts";

/** Inputs of the engine's environment. */
export interface EngineEnvironmentArgs {
  /** The caller's environment; the engine inherits the variables of `inherited` and of `providerVariables`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prefixes of the variables that the cloud's providers read, such as `OS_`. */
  readonly providerVariables: readonly string[];
  /** Backend URL, such as `file:///home/a/shop/.lor-infra/local/backend`. */
  readonly backendUrl: string;
  readonly passphrase: string;
  /** Port on loopback of each provider server that already runs, by provider name. */
  readonly providers: Readonly<Record<string, number>> | undefined;
  /** Folder of the engine's own plugins and settings. Default: the caller's PULUMI_HOME, or `~/.pulumi`. */
  readonly pulumiHome: string | undefined;
}

/**
 * Variables that the engine and its providers inherit. All others are withheld: the engine reads more than 60 variables that begin with PULUMI_
 * (its own `sdk/go/common/env/env.go`, and PULUMI_OPTION_* for each flag), which change how the state is stored, which stack, secret or cloud it
 * uses, and what it skips. With PULUMI_DEBUG_PROVIDERS left over in a shell, for example, a refresh of a real stack would query the local cloud and
 * empty the state.
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
  // Locations of plugins and their downloads.
  /^(PULUMI_HOME|PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES|GITHUB_TOKEN)$/,
  // Marks the engine of a command, so that it is found after the command has died.
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
    // Attached providers need no plugin; without this variable the engine would try to download the plugins that the program names.
    environment.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = "true";
  }
  return environment;
}
