import { withChange, withCloud } from "../cloud-options.ts";
import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  const certificate = program.command("certificate").description("the load balancer's certificate for HTTPS");
  const load = () => import("../commands/certificate.ts");
  withCloud(
    add(certificate, "status", "names, issuer, days left where it is used; exit 5 when something is to be done"),
  ).action(runs(async () => (await load()).certificateStatus));
  withChange(add(certificate, "renew", "obtain and install a new one when the present one expires soon"))
    .option("--force", "also when the present one is good", false)
    .action(runs(async () => (await load()).certificateRenew));
};
