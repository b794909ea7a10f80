import { SecretScrubber } from "../../engine/secret-scrubber.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables whose value is a secret of this run: of the clouds, of the state, of the forge. */
const secretVariables = [
  "PULUMI_CONFIG_PASSPHRASE",
  "OS_PASSWORD",
  "OS_APPLICATION_CREDENTIAL_SECRET",
  "OVH_APPLICATION_SECRET",
  "OVH_CONSUMER_KEY",
  "OVH_CLIENT_SECRET",
  "OVH_ACCESS_TOKEN",
  "GITHUB_TOKEN",
  "GITLAB_TOKEN",
];

/** The same document without the secrets of this run, and without what looks like one: text that leaves the machine is read by others. */
export function scrubReport<T>(report: T, env: Environment): T {
  return scrubValue(report, secretsOf(env)) as T;
}

/** Knows the secrets that a run was given. */
export function secretsOf(env: Environment): SecretScrubber {
  return new SecretScrubber(secretVariables.flatMap((name) => env[name] ?? []));
}

function scrubValue(value: unknown, scrubber: SecretScrubber): unknown {
  if (typeof value === "string") return scrubber.scrub(value);
  if (Array.isArray(value)) return value.map((one) => scrubValue(one, scrubber));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    // A resource's type is a word of the SDK, and one of them reads like a password beside its name.
    Object.entries(value).map(([key, inner]) => [key, key === "type" ? inner : scrubValue(inner, scrubber)]),
  );
}
