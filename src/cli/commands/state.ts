import { backUpState } from "../../actions/state/back-up-state.ts";
import { listState } from "../../actions/state/list-state.ts";
import { type RestoreProposal, restoreState } from "../../actions/state/restore-state.ts";
import { ExitCode } from "../../core/errors.ts";
import { systemClock } from "../../os/host.ts";
import { openProjectState } from "../../stack/open-context.ts";
import { stackFolder, stateHome } from "../../state/stack-folder.ts";
import type { StackState } from "../../state/stack-state.ts";
import { askYes } from "../ask.ts";
import { loadSettings } from "../load-settings.ts";
import type { ChangeOptions, CloudOptions } from "../options.ts";
import { renderStateList } from "../render/state-list.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";

export async function stateList(terminal: Terminal, options: CloudOptions): Promise<ExitCode> {
  const listing = await listState(await openShared(options));
  terminal.line(renderStateList(terminal, listing));
  const { entries, ...rest } = listing;
  terminal.document({
    version: 1,
    cloud: options.cloud,
    stack: options.stack,
    ...rest,
    entries: entries.map(({ number, at, kind, by, operation, kept, changed }) => ({
      number,
      at,
      kind,
      by,
      operation,
      changed: Object.keys(changed).length,
      kept,
    })),
  });
  return listing.now === "backwards" || listing.now === "unreadable" ? ExitCode.differences : ExitCode.done;
}

export async function stateBackup(
  terminal: Terminal,
  options: CloudOptions & { readonly out?: string },
): Promise<ExitCode> {
  const file = await backUpState(await openShared(options), options.out, systemClock.now());
  terminal.line(`The state is copied to ${file}, its secrets still encrypted. Keep the passphrase elsewhere.`);
  terminal.document({ version: 1, ok: true, cloud: options.cloud, stack: options.stack, file });
  return ExitCode.done;
}

export async function stateRestore(terminal: Terminal, options: ChangeOptions, from: string): Promise<ExitCode> {
  const result = await withStack(
    terminal,
    options,
    "state restore",
    ({ context, screen }) =>
      restoreState(context, {
        from,
        confirm: async (proposal) => {
          screen.end();
          terminal.line(describeRestore(proposal));
          return options.yes === true || (await askYes(terminal, "Bring this state back?"));
        },
      }),
    "tell",
  );
  if (result.backup !== undefined) terminal.line(`The state that was there is in ${result.backup}.`);
  terminal.line("The state is brought back; the cloud was not touched.");
  terminal.line("Next: lor-infra recover");
  terminal.document({ version: 1, ok: true, cloud: options.cloud, stack: options.stack, ...result });
  return ExitCode.done;
}

function describeRestore({ source, resources, again, forgotten, unreadable }: RestoreProposal): string {
  const names = (title: string, list: readonly string[]) =>
    list.length === 0 ? [] : [`  ${title}`, ...list.map((name) => `    ${name}`)];
  return [
    `The state becomes that of ${source}: ${resources} resources. The cloud is not touched.`,
    ...(unreadable === undefined
      ? []
      : [`  The present state file ${unreadable}. What it knew is taken from the history.`]),
    ...names("known again:", again),
    ...names("no longer in the state; the next run looks for them in the cloud:", forgotten),
  ].join("\n");
}

/** Needs neither lock nor cloud. */
async function openShared(options: CloudOptions): Promise<StackState> {
  const project = loadSettings(options, "tell");
  const folder = stackFolder(stateHome(project.dir, process.env), options.cloud, project.stack);
  return await openProjectState(project, folder, process.env);
}
