import { Cidr, IpAddress } from "../../../core/cidr.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { capabilities, isSold } from "./capabilities.ts";
import type { DatabaseEngine, IpRestriction } from "./types.ts";

type Plan = (typeof capabilities.plans)[number];
type Flavor = (typeof capabilities.flavors)[number];

/** Backups lie in at most two regions, one of them the service's own. */
const mostBackupRegions = 2;

/** Offers of a service that are sold together. @throws CloudError for any other combination */
export function checkOffer(wanted: {
  engine: string;
  version: string;
  plan: string;
  flavor: string;
  diskSize: number | undefined;
}): {
  engine: DatabaseEngine;
  plan: Plan;
  flavor: Flavor;
  diskSize: number;
} {
  const { engine } = wanted;
  const known = capabilities.engines.find(({ name }) => name === engine);
  if (known === undefined || (engine !== "mysql" && engine !== "postgresql")) {
    throw badRequest(`Engine ${engine} is not available (available: ${names(capabilities.engines)})`);
  }
  const plan = capabilities.plans.find(({ name }) => name === wanted.plan);
  const flavor = capabilities.flavors.find(({ name }) => name === wanted.flavor);
  const sold = known.versions.includes(wanted.version) && isSold(wanted.plan, wanted.flavor);
  if (plan === undefined || flavor === undefined || !sold) throw noMatchingCompute();
  const diskSize = wanted.diskSize ?? flavor.minDiskSize;
  if (diskSize < flavor.minDiskSize || diskSize > flavor.maxDiskSize) {
    throw badRequest(
      `Disk size ${diskSize} is not available with flavor ${flavor.name} (from ${flavor.minDiskSize} to ${flavor.maxDiskSize} GB)`,
    );
  }
  return { engine, plan, flavor, diskSize };
}

export function checkRestrictions(restrictions: readonly IpRestriction[]): IpRestriction[] {
  return restrictions.map(({ ip, description }) => {
    try {
      Cidr.parse(ip.includes("/") ? ip : `${IpAddress.parse(ip)}/32`);
    } catch {
      throw badRequest(`Invalid IP restriction: ${ip} is not an address block`);
    }
    return { ip, description: description ?? "" };
  });
}

export function checkBackupRegions(regions: readonly string[], own: string): string[] {
  const unknown = regions.find((region) => !capabilities.regions.includes(region));
  if (unknown !== undefined || !regions.includes(own) || regions.length > mostBackupRegions) {
    throw badRequest(
      `Invalid backup regions ${regions.join(", ")}: at most ${mostBackupRegions}, one of them ${own}, of ${capabilities.regions.join(", ")}`,
    );
  }
  return [...regions];
}

export function checkTime(name: string, time: string): string {
  if (!/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(time)) {
    throw badRequest(`Invalid ${name}: ${time} is not HH:MM:SS`);
  }
  return time.length === 5 ? `${time}:00` : time;
}

export function badRequest(message: string): CloudError {
  return new CloudError(400, "Client::BadRequest", message);
}

/** @param code class, such as `Client::Conflict::PostgresUserAlreadyExist` */
export function conflict(code: string, message: string): CloudError {
  return new CloudError(409, code, message);
}

export function forbidden(message: string): CloudError {
  return new CloudError(403, "Client::Forbidden", message);
}

/** What OVHcloud answers to any combination that is not sold. Source: ovh/terraform-provider-ovh, issue 1440. */
function noMatchingCompute(): CloudError {
  return new CloudError(
    404,
    "Client::NotFound::NoMatchingCompute",
    "no compute matches your expectations, please refer to the availability endpoint",
  );
}

function names(items: readonly { readonly name: string }[]): string {
  return items.map(({ name }) => name).join(", ");
}
