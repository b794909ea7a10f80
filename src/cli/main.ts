import { CommanderError } from "commander";
import { ExitCode } from "../core/errors.ts";
import { followProxies } from "../os/proxy.ts";
import { completeUser } from "../os/user.ts";
import { createCommandTree } from "./command-tree.ts";
import { hideUnoffered } from "./offered-commands.ts";
import { asLorError, errorDocument, renderError } from "./render/error.ts";
import { forScreen } from "./terminal.ts";

// The reader of the output has gone: a closed pipe (`lor-infra up | head`), a closed terminal. The command continues to its end, so that no change
// is interrupted and the exit code is true.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });
}

completeUser(process.env);
followProxies();
// No top-level await: the launcher loads the bundle of this file with `require`.
run(process.argv).then(async (code) => {
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(code);
});

/** Waits until the output is written: a pipe buffers, and an immediate exit would truncate a long document. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => {
    stream.write("", () => done());
  });
}

async function run(argv: string[]): Promise<ExitCode> {
  try {
    const tree = await createCommandTree({ typed: argv[2] });
    if (asksForHelp(argv)) hideUnoffered(tree.program, ".");
    await tree.program.parseAsync(argv);
    return tree.exitCode();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.done;
    // The usage is already on the screen; a script gets its one document for this error too.
    if (error instanceof CommanderError && !asksForJson(argv)) return ExitCode.usage;
    if (asksForJson(argv)) process.stdout.write(`${JSON.stringify(errorDocument(error), null, 2)}\n`);
    else {
      const text = renderError(error, process.env.LOR_INFRA_DEBUG === "1");
      process.stderr.write(`${forScreen(process.stderr, text)}\n`);
    }
    return asLorError(error).exit;
  }
}

function asksForHelp(argv: readonly string[]): boolean {
  return argv.length <= 2 || ["help", "--help", "-h"].includes(argv[2] ?? "");
}

/** Also for arguments that could not be parsed. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) =>
      word === "--json" || word === "--format=json" || (word === "--format" && argv[index + 1] === "json"),
  );
}
