/**
 * `lor-infra` with shorter waits: the commands, their options and what they do are those of a real stack (`--cloud ovh`), but nobody is served here, so no
 * connection has to end and no front has to prove itself under load.
 */
import { realTimings, type SwitchTimings } from "../../../src/actions/stack-context.ts";
import { createCommandTree } from "../../../src/cli/command-tree.ts";
import { asLorError, errorDocument, renderError } from "../../../src/cli/render/error.ts";

const timings: SwitchTimings = {
  ...realTimings,
  poll: 1_000,
  drainBlind: 2_000,
  gateLimit: 120_000,
  gateHold: 4_000,
  soak: 4_000,
  settle: 2_000,
  trafficLook: 4_000,
};

const { program, exitCode } = createCommandTree({ timings });
try {
  await program.parseAsync(process.argv);
  process.exitCode = exitCode();
} catch (error) {
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(errorDocument(error), null, 2)}\n`);
  else process.stderr.write(`${renderError(error, true)}\n`);
  process.exitCode = asLorError(error).exit;
}
