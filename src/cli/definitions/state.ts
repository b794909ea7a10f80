import { withChange, withCloud } from "../cloud-options.ts";
import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  const state = program.command("state").description("the state that everybody shares who works on a stack");
  const loadState = () => import("../commands/state.ts");
  withCloud(add(state, "list", "which states there were, and the copies; exit 5 when the state went backwards")).action(
    runs(async () => (await loadState()).stateList),
  );
  withCloud(add(state, "backup", "copy the state, its secrets still encrypted"))
    .option("--out <file>", "a new file; by default beside the other copies")
    .action(runs(async () => (await loadState()).stateBackup));
  withChange(add(state, "restore", "bring an earlier state back; the cloud is not touched"))
    .argument("<from>", "a number or a name from state list, or a file")
    .action(runs(async () => (await loadState()).stateRestore));
};
