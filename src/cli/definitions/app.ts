import { withMachine } from "../cloud-options.ts";
import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  const app = program.command("app").description("the applications on the machines");
  const load = () => import("../commands/app.ts");
  withMachine(add(app, "status", "do they work: version, tables, last order, queue, certificate")).action(
    runs(async () => (await load()).status),
  );
  withMachine(add(app, "install", "make tables and the first administrator, once for all machines"))
    .argument("[application]", "only this one, such as shop or erp")
    .option("--email <address>", "of the first administrator; by default administration.email of the settings")
    .option("--demo-products", "the shop's demonstration products too", false)
    .action(runs(async () => (await load()).install));
};
