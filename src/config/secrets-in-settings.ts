import type { Issue } from "../core/result.ts";
import { problem } from "./problem.ts";
import { looksSecret, namesSecret } from "./secret-looking.ts";
import { isMapping } from "./yaml-file.ts";

const accepted = "no secret at all: passwords and keys are made by the program and kept encrypted in the state";

/** One issue for every value that looks like a secret; the value itself is never shown. */
export function findSecrets(value: unknown, path: readonly string[] = []): readonly Issue[] {
  const place = path.join(".");
  if (typeof value === "string") {
    return looksSecret(value)
      ? [
          problem(place, "secret-in-settings", {
            what: "the value looks like a secret, but settings are committed to git",
            accepted,
          }),
        ]
      : [];
  }
  if (Array.isArray(value)) return value.flatMap((inner, index) => findSecrets(inner, [...path, String(index)]));
  if (!isMapping(value)) return [];
  if (Object.keys(value).join() === "secure") {
    return [
      problem(place, "secret-in-settings", {
        what: "the value is an encrypted secret, but settings must not contain secrets",
        accepted,
      }),
    ];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    namesSecret(key)
      ? [
          problem([...path, key].join("."), "secret-in-settings", {
            what: `${key} is the name of a secret, but settings are committed to git`,
            accepted,
          }),
        ]
      : isChecksum(key, inner)
        ? []
        : findSecrets(inner, [...path, key]),
  );
}

/** A checksum is public, but as random as a key. */
function isChecksum(key: string, value: unknown): boolean {
  return key === "sha256" && typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}
