import { problem } from "../../../config/problem.ts";
import { type Rule, sharedRule } from "./rule.ts";

export const mailRules: readonly Rule[] = Object.freeze([
  sharedRule("mail-password-encrypted", ["mail"], ({ mail }) => {
    if (mail?.user === undefined || mail.tls !== "none") return [];
    const what = "with mail.user the password would go to the relay in the clear";
    return [problem("mail.tls", "mail-invalid", { what, seen: mail.tls, accepted: "starttls, tls; or no mail.user" })];
  }),
]);
