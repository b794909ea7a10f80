import { importStack } from "../../actions/import/import-stack.ts";
import { readResourceMap } from "../../config/resource-map.ts";
import { ExitCode } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import { askYes } from "../ask.ts";
import type { ChangeOptions } from "../options.ts";
import { renderImport, renderImported } from "../render/import.ts";
import type { Terminal } from "../terminal.ts";
import { type StackWork, withStack } from "../with-stack.ts";

interface ImportOptions extends ChangeOptions {
  readonly profile?: Profile;
  readonly map?: string;
  readonly secrets?: string;
  readonly dryRun: boolean;
}

export async function importSystem(terminal: Terminal, options: ImportOptions): Promise<ExitCode> {
  const { profile, dryRun, yes } = options;
  const map = readFile(options.map, "--map");
  const secrets = readFile(options.secrets, "--secrets");
  const work = ({ context, screen }: StackWork) =>
    importStack(context, {
      map,
      secrets,
      dryRun,
      tell: (proposal) => {
        screen.end();
        terminal.line(renderImport(terminal, proposal));
      },
      confirm: async () => yes || (await askYes(terminal, "Take this into the state?")),
      ...(profile === undefined ? {} : { profile }),
    });
  // Existing resources are imported as they are; policies apply to the next change.
  const result = await withStack(terminal, options, "import", work, "tell");
  terminal.line(renderImported(result, dryRun));
  terminal.document({ version: 1, ok: true, ...result });
  return ExitCode.done;
}

function readFile(file: string | undefined, option: string): ReadonlyMap<string, string> {
  return file === undefined ? new Map() : readResourceMap(file, option);
}
