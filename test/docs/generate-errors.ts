import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectErrorCodes } from "./error-codes.ts";
import { errorsPage, renderErrorsPage } from "./errors-page.ts";
import { policiesPage, renderPoliciesPage } from "./policies-page.ts";

/** Writes docs/errors.md and docs/policies.md from the code: `node test/docs/generate-errors.ts`. */
const root = join(import.meta.dirname, "..", "..");
const codes = collectErrorCodes(root);
writeFileSync(join(root, errorsPage), renderErrorsPage(codes));
console.log(`${errorsPage}: ${codes.length} codes`);
writeFileSync(join(root, policiesPage), renderPoliciesPage());
console.log(policiesPage);
