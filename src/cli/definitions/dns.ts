import { withCloud } from "../cloud-options.ts";
import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withCloud(add(program, "dns", "the DNS records that lead here, and what the DNS answers")).action(
    runs(async () => (await import("../commands/dns.ts")).dns),
  );
};
