import { SecretScrubber } from "../../engine/secret-scrubber.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables whose value is a secret: of the clouds, of the state, of the forge. */
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

/** Redacts the secrets of this run, and anything in the form of a secret, in a document that leaves the machine. */
export function scrubReport<T>(report: T, env: Environment): T {
  return scrubValue(report, secretsOf(env)) as T;
}

/** A scrubber with the secrets of this run. */
export function secretsOf(env: Environment): SecretScrubber {
  return new SecretScrubber(secretVariables.flatMap((name) => env[name] ?? []));
}

function scrubValue(value: unknown, scrubber: SecretScrubber): unknown {
  if (typeof value === "string") return scrubber.scrub(value);
  if (Array.isArray(value)) return value.map((one) => scrubValue(one, scrubber));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    // Type tokens are not redacted: one of them looks like a password beside its name.
    Object.entries(value).map(([key, inner]) => [key, key === "type" ? inner : scrubValue(inner, scrubber)]),
  );
}
