import { problem } from "../../../config/problem.ts";
import { type Rule, sharedRule } from "./rule.ts";

/** Placeholders that are accepted during set-up and must be replaced before real use. */
export const warningRules: readonly Rule[] = Object.freeze([
  sharedRule("checksums-known", ["prestashop", "odoo"], (settings) =>
    (["prestashop", "odoo"] as const).flatMap((application) =>
      /^0+$/.test(settings[application].release.sha256)
        ? [
            problem(`${application}.release.sha256`, "release-checksum-unknown", {
              what: "the checksum is a placeholder: servers refuse to install the archive",
              seen: "64 zeros",
              accepted: "the SHA-256 of the archive at release.url",
            }),
          ]
        : [],
    ),
  ),
  sharedRule("placeholders-replaced", ["administration", "network", "prestashop", "odoo"], (settings) => {
    const values: readonly (readonly [path: string, value: string, isPlaceholder: boolean])[] = [
      ["administration.sshPublicKey", "the example's key", settings.administration.sshPublicKey.includes(exampleKey)],
      ["administration.email", settings.administration.email, isExample(settings.administration.email)],
      ["network.vrack", settings.network.vrack, settings.network.vrack === exampleVrack],
      ["prestashop.domain", settings.prestashop.domain, isExample(settings.prestashop.domain)],
      ["odoo.domain", settings.odoo.domain, isExample(settings.odoo.domain)],
    ];
    return values
      .filter(([, , isPlaceholder]) => isPlaceholder)
      .map(([path, seen]) =>
        problem(path, "placeholder-value", {
          what: "the setting still has the example's value",
          seen,
          accepted: "your own, before real use",
        }),
      );
  }),
]);

const exampleKey = "AAAAC3NzaC1lZDI1NTE5AAAAIGxvci1pbmZyYSBwbGFjZWhvbGRlciBrZXkgMDAwMDAw";
const exampleVrack = "pn-1000000";

/** `.example` is reserved for examples (RFC 2606). */
function isExample(name: string): boolean {
  return name.endsWith(".example");
}
