import { join } from "node:path";
import { Cidr, IpAddress } from "../../../src/core/cidr.ts";
import type { Profile } from "../../../src/domain/profile.ts";
import type { Fleet } from "../../../src/rolling/fleet.ts";
import type { ProfilePair } from "../../../src/systems/contract.ts";
import { loadProject, type Project } from "../../../src/systems/load-project.ts";
import { fleetOf, planLor } from "../../../src/systems/lor/plan.ts";
import type { LorPlan } from "../../../src/systems/lor/plan-model.ts";
import type { AccessSettings, LorSettings } from "../../../src/systems/lor/settings.ts";

/** A project of the system Lor. */
export interface LorProject extends Project {
  readonly settings: ProfilePair<LorSettings>;
}

/** The committed project. */
export function lorProject(): LorProject {
  const project = loadProject(join(import.meta.dirname, "..", "..", ".."), "prod");
  if (!project.ok) throw new Error(JSON.stringify(project.issues, undefined, 2));
  return project.value as LorProject;
}

export function planOf(profile: Profile): LorPlan {
  const { name, stack, settings } = lorProject();
  return planLor({ project: name, stack, settings, fleet: fleetOf(settings[profile]), profile });
}

export function planOfFleet(fleet: Fleet): LorPlan {
  const { name, stack, settings } = lorProject();
  return planLor({ project: name, stack, settings, fleet });
}

/** Two administrators, from one network. */
const access: AccessSettings = {
  administrators: [
    {
      name: "anna",
      key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAnnaAnnaAnnaAnnaAnnaAnnaAnnaAnnaAnnaAnna anna@lor.example",
    },
    { name: "bruno", key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBrunoBrunoBrunoBrunoBrunoBrunoBrunoBrunoBru" },
  ],
  allowFrom: [Cidr.parse("203.0.113.0/24")],
  subnet: { cidr: Cidr.parse("10.10.5.0/24"), vlan: 105 },
  bastion: { address: IpAddress.parse("10.10.5.10"), flavor: "b3-8", image: "Debian 12", shell: false },
};

/** The same with the section `access`. */
export function planWithAccess(profile: Profile, more: Partial<AccessSettings> = {}): LorPlan {
  const { name, stack, settings } = lorProject();
  const section = { ...access, ...more };
  const pair = { normal: { ...settings.normal, access: section }, rush: { ...settings.rush, access: section } };
  return planLor({ project: name, stack, settings: pair, fleet: fleetOf(pair[profile]), profile });
}
