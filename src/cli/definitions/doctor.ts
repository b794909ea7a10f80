import { withCloud } from "../cloud-options.ts";
import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withCloud(add(program, "doctor", "engine, plugins, credentials, clock, price book, state, locks")).action(
    runs(async () => (await import("../commands/doctor.ts")).doctor),
  );
};
