import type { BuildOptions } from "../../src/systems/contract.ts";
import { system } from "../../src/systems/lor/index.ts";
import type { LorPlan } from "../../src/systems/lor/plan-model.ts";
import { buildStack } from "../../src/systems/project-plan.ts";
import { type RecordingCloud, type Registration, record } from "./recording-cloud.ts";

/** A certificate that must show nowhere in clear. */
export const plantedCertificate = "planted-certificate";

const recordings = new Map<string, Promise<RecordingCloud>>();

/** What `buildLor` registers for a Plan; recorded once for each Plan and options. */
export async function recordLor(plan: LorPlan, options: Partial<BuildOptions> = {}): Promise<RecordingCloud> {
  const key = JSON.stringify([plan, options]);
  const known = recordings.get(key);
  if (known !== undefined) return known;
  const recording = record(() =>
    buildStack({ system }, plan, { chain: true, tlsPkcs12: plantedCertificate, cloud: "local", ...options }),
  );
  recordings.set(key, recording);
  return recording;
}

/** The only resource of a type and name. */
export function find(cloud: RecordingCloud, type: string, name: string): Registration {
  const found = cloud.registrations.filter((each) => each.type === type && each.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} resources ${type} ${name}`);
  return only;
}

export function resourcesOf(cloud: RecordingCloud, type?: string): readonly Registration[] {
  return cloud.registrations.filter((each) => each.custom && (type === undefined || each.type === type));
}

export const instance = "openstack:compute/instance:Instance";
export const member = "openstack:loadbalancer/member:Member";
