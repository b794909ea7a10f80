/** What decides the environment of one stack's engine. */
export interface EngineEnvironmentArgs {
  /** The caller's environment: PATH, HOME, proxies, credentials of the providers. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the state lies, such as `file:///home/a/shop/.lor-infra/local/backend`. */
  readonly backendUrl: string;
  readonly passphrase: string;
  /** Provider servers that already run, name -> port on loopback. */
  readonly providers: Readonly<Record<string, number>> | undefined;
  /** Folder of the engine's own plugins and settings; the engine's default (`~/.pulumi`) when absent. */
  readonly pulumiHome: string | undefined;
}

/**
 * Variables of the caller that would change which stack, which secret or which cloud the engine works on. A left-over
 * PULUMI_DEBUG_PROVIDERS in the shell, for one, would make a refresh of a real stack ask the local cloud and empty its state.
 */
const NEVER_INHERITED = [
  "PULUMI_DEBUG_PROVIDERS",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
  "PULUMI_BACKEND_URL",
  "PULUMI_STACK",
  "PULUMI_CONFIG",
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_AUTOMATION_API",
  "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK",
];

/** The whole environment of the engine's process. */
export function engineEnvironment(args: EngineEnvironmentArgs): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(args.env)) {
    if (value !== undefined && !NEVER_INHERITED.includes(name)) {
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
