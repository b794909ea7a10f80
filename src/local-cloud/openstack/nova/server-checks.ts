import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import type { Images } from "../glance/images.ts";
import { type QuotaName, quotaOf } from "../quotas.ts";
import type { FlavorView } from "./types.ts";

/** Id of the image that a creation or rebuild names. */
export function chooseImage(
  images: Images,
  region: string,
  args: { imageId?: string | undefined; imageName?: string | undefined },
): string {
  const image = images
    .list({ region })
    .find(({ id, name }) =>
      args.imageId === undefined || args.imageId === "" ? name === args.imageName : id === args.imageId,
    );
  if (image === undefined) {
    throw badRequest(`Image ${args.imageId || args.imageName} could not be found.`);
  }
  return image.id;
}

/** @param old the flavor that a resize gives back. */
export function requireServerQuota(
  context: CloudContext,
  region: string,
  existing: readonly FlavorView[],
  flavor: FlavorView,
  old: FlavorView | undefined,
): void {
  const needs: [QuotaName, number, number][] = [
    ["instances", existing.length, old === undefined ? 1 : 0],
    ["cores", existing.reduce((sum, { vcpus }) => sum + vcpus, 0), flavor.vcpus - (old?.vcpus ?? 0)],
    ["ram", existing.reduce((sum, { ram }) => sum + ram, 0), flavor.ram - (old?.ram ?? 0)],
  ];
  for (const [name, used, requested] of needs) {
    const limit = quotaOf(context, region, name);
    if (used + requested > limit) {
      throw new CloudError(
        403,
        "forbidden",
        `Quota exceeded for ${name}: Requested ${requested}, but already used ${used} of ${limit} ${name}`,
      );
    }
  }
}

export function badRequest(message: string): CloudError {
  return new CloudError(400, "badRequest", message);
}

export function conflict(message: string): CloudError {
  return new CloudError(409, "conflictingRequest", message);
}
