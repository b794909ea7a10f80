import type { MachineRoutes, ReachableMachine } from "../contract.ts";
import { publicAddress } from "./dns.ts";
import type { LorPlan } from "./plan-model.ts";

/** User of Debian's cloud image; becomes root by sudo. */
const imageUser = "debian";
const release = "/srv/lor/current";

/** How administrators reach Lor's machines. */
export function machineRoutes({ access, odoo, administration }: LorPlan): MachineRoutes | undefined {
  if (access === undefined) return undefined;
  const { name, cloudName, address } = access.bastion;
  return {
    // Its user has no shell: see machines/bastion/sshd.conf.
    bastion: { name, cloudName, address, user: "jump" },
    bastionShell: access.shell ? imageUser : undefined,
    bastionAddress: (outputs) => publicAddress(outputs, "bastion"),
    machines: access.machines.map((machine): ReachableMachine => {
      const application =
        machine.name === odoo.server.name ? { name: "erp", user: "odoo" } : { name: "shop", user: "www-data" };
      return { ...machine, user: imageUser, application: { ...application, folder: release } };
    }),
    administrators: access.administrators,
    administratorEmail: administration.email,
  };
}
