import { problem } from "../../../config/problem.ts";
import { type Rule, rule } from "./rule.ts";

/** What is accepted while a project is being set up and must be known before real use. */
export const warningRules: readonly Rule[] = Object.freeze([
  rule("checksums-known", ["prestashop", "odoo"], ({ normal }) =>
    (["prestashop", "odoo"] as const).flatMap((application) =>
      /^0+$/.test(normal[application].release.sha256)
        ? [
            problem(`${application}.release.sha256`, "release-checksum-unknown", {
              what: "the checksum is a placeholder: a server refuses to install the archive",
              seen: "64 zeros",
              accepted: "the SHA-256 of the archive at release.url",
            }),
          ]
        : [],
    ),
  ),
  rule("placeholders-replaced", ["administration", "network", "prestashop", "odoo"], ({ normal }) => {
    const values: readonly (readonly [path: string, value: string, isPlaceholder: boolean])[] = [
      ["administration.sshPublicKey", "the example's key", normal.administration.sshPublicKey.includes(exampleKey)],
      ["administration.email", normal.administration.email, isExample(normal.administration.email)],
      ["network.vrack", normal.network.vrack, normal.network.vrack === exampleVrack],
      ["prestashop.domain", normal.prestashop.domain, isExample(normal.prestashop.domain)],
      ["odoo.domain", normal.odoo.domain, isExample(normal.odoo.domain)],
    ];
    return values
      .filter(([, , isPlaceholder]) => isPlaceholder)
      .map(([path, seen]) =>
        problem(path, "placeholder-value", {
          what: "the value is the example's",
          seen,
          accepted: "your own, before real use",
        }),
      );
  }),
]);

const exampleKey = "AAAAC3NzaC1lZDI1NTE5AAAAIB0cHBsZS1vZi1wbGFjZWhvbGRlci1rZXktMDAwMDAw";
const exampleVrack = "pn-1000000";

/** `.example` is reserved for examples (RFC 2606). */
function isExample(name: string): boolean {
  return name.endsWith(".example");
}
