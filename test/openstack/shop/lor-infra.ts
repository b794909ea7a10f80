/** `lor-infra` with shorter waits: the commands, their options and what they do are those of a real stack (`--cloud ovh`). */
import { createCommandTree } from "../../../src/cli/command-tree.ts";
import { asLorError, errorDocument, renderError } from "../../../src/cli/render/error.ts";
import { timings } from "./timings.ts";

const { program, exitCode } = await createCommandTree({ given: { timings } });
try {
  await program.parseAsync(process.argv);
  process.exitCode = exitCode();
} catch (error) {
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(errorDocument(error), null, 2)}\n`);
  else process.stderr.write(`${renderError(error, true)}\n`);
  process.exitCode = asLorError(error).exit;
}
