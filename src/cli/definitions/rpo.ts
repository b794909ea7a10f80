import { add, withSettings } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withSettings(add(program, "rpo", "the most data that each disruption can lose")).action(
    runs(async () => (await import("../commands/rpo.ts")).rpo),
  );
};
