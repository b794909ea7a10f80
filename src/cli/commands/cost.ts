import { estimateCost } from "../../actions/estimate-cost.ts";
import { ExitCode } from "../../core/errors.ts";
import type { Profile } from "../../domain/fleet.ts";
import { loadSettings } from "../load-settings.ts";
import type { SettingsOptions } from "../options.ts";
import { renderCost } from "../render/cost.ts";
import type { Terminal } from "../terminal.ts";

interface CostOptions extends SettingsOptions {
  readonly profile?: Profile;
  readonly frontsFlavor?: string;
  readonly priceBook: string;
}

/** One profile when asked for, else both; a script always gets one document, of normal by default. */
export async function cost(terminal: Terminal, options: CostOptions): Promise<ExitCode> {
  const project = loadSettings(options, "tell");
  const { frontsFlavor, priceBook } = options;
  const report = (profile: Profile) =>
    estimateCost({ project, profile, priceBook, ...(frontsFlavor === undefined ? {} : { frontsFlavor }) });
  terminal.document(report(options.profile ?? "normal"));
  const shown: readonly Profile[] = options.profile === undefined ? ["normal", "rush"] : [options.profile];
  terminal.line(shown.map((profile) => renderCost(terminal, report(profile))).join("\n\n"));
  return ExitCode.done;
}
