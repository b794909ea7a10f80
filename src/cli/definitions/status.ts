import { withCloud } from "../cloud-options.ts";
import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withCloud(add(program, "status", "the profile, the fronts, their health")).action(
    runs(async () => (await import("../commands/status.ts")).status),
  );
};
