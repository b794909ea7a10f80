import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  const engine = program.command("engine").description("the Pulumi engine");
  add(engine, "install", "find or obtain the engine").action(
    runs(async () => (await import("../commands/engine.ts")).engineInstall),
  );
  add(engine, "status", "where the engine is, and its version").action(
    runs(async () => (await import("../commands/engine.ts")).engineStatus),
  );
};
