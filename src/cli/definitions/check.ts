import { add, withSettings } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";
import type { SettingsOptions } from "../options.ts";

export const define: DefineCommand = (program, runs) => {
  withSettings(add(program, "check", "check the settings of both profiles, without a cloud")).action(
    runs<SettingsOptions>(async () => (await import("../commands/check.ts")).check),
  );
};
