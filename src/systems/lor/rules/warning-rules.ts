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
]);
