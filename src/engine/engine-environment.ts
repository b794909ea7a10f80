import { withProxies } from "../os/proxy.ts";

/** What decides the environment of one stack's engine. */
export interface EngineEnvironmentArgs {
  /** The caller's environment; what the engine gets of it is in `inherited`. */
  readonly env: Readonly<Record<string, string | undefined>>;
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
  // Credentials of the providers, and of a backend in a bucket.
  /^(AWS|OS|OVH|DIGITALOCEAN|SPACES|PROXMOX_VE)_[A-Z0-9_]+$/,
  // Where plugins are kept and downloaded from.
  /^(PULUMI_HOME|PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES|GITHUB_TOKEN)$/,
  // The mark by which the engine of a dead command is found.
  /^LOR_INFRA_RUN$/,
];

/** The whole environment of the engine's process. */
export function engineEnvironment(args: EngineEnvironmentArgs): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(withProxies(args.env))) {
    if (value !== undefined && inherited.some((pattern) => pattern.test(name))) {
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
