import { CommanderError } from "commander";
import { ExitCode, LorError } from "../core/errors.ts";
import { followProxies } from "../os/proxy.ts";
import { completeUser } from "../os/user.ts";
import { createCommandTree } from "./command-tree.ts";
import { hideUnoffered } from "./offered-commands.ts";
import { asLorError, errorDocument, renderError } from "./render/error.ts";
import { completeCommands, forScreen, renderDocument } from "./terminal.ts";
import { repeatScope, typedScope } from "./told-commands.ts";

/** First failure to write the output while it has a reader. */
let unwritten: NodeJS.ErrnoException | undefined;

// Output that cannot be written never ends a command: a change would be interrupted. Where the reader has gone, a closed pipe (`lor-infra up | head`)
// or a closed terminal, the exit code is the command's own; after another failure, such as a full disk, it is never 0.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") unwritten ??= error;
  });
}

completeUser(process.env);
followProxies();
// No top-level await: the launcher loads the bundle of this file with `require`.
run(process.argv).then(async (code) => {
  await Promise.all([written(process.stdout), written(process.stderr)]);
  if (unwritten === undefined) process.exit(code);
  process.stderr.write(`${renderError(outputIncomplete(unwritten), false)}\n`, () => {
    process.exit(code === ExitCode.done ? ExitCode.failed : code);
  });
});

function outputIncomplete(cause: NodeJS.ErrnoException): LorError {
  return new LorError({
    code: "output-incomplete",
    message: `the command ran to its end, and its output could not be written: ${cause.message}`,
    exit: ExitCode.failed,
    culprit: "user",
    accepted: "a terminal, a pipe, or a file on a disk with free space",
    next: "free some space (df -h), then lor-infra status, or the same command again",
    cause,
  });
}

/** Waits until the output is written: a pipe buffers, and an immediate exit would truncate a long document. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => {
    stream.write("", () => done());
  });
}

async function run(argv: string[]): Promise<number> {
  try {
    const scope = typedScope(argv);
    const tree = await createCommandTree({ typed: argv[2], all: scope.size > 0 });
    if (scope.size > 0) completeCommands((text) => repeatScope(text, scope, tree.program));
    if (asksForHelp(argv)) hideUnoffered(tree.program, ".");
    await tree.program.parseAsync(argv);
    return tree.exitCode();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.done;
    // The usage is already on the screen; a script gets its one document for this error too.
    if (error instanceof CommanderError && !asksForJson(argv)) return ExitCode.usage;
    if (asksForJson(argv)) process.stdout.write(renderDocument(errorDocument(error)));
    else {
      const text = renderError(error, process.env.LOR_INFRA_DEBUG === "1");
      process.stderr.write(`${forScreen(process.stderr, text)}\n`);
    }
    return asLorError(error).exit;
  }
}

/** The words before `--`: those after it are a machine's. */
function beforeCommand(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return end < 0 ? argv : argv.slice(0, end);
}

function asksForHelp(argv: readonly string[]): boolean {
  return argv.length <= 2 || ["help", "--help", "-h"].includes(argv[2] ?? "");
}

/** Also for arguments that could not be parsed. */
function asksForJson(argv: readonly string[]): boolean {
  return beforeCommand(argv).some(
    (word, index) =>
      word === "--json" || word === "--format=json" || (word === "--format" && argv[index + 1] === "json"),
  );
}
