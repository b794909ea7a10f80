import { CloudError } from "./cloud-error.ts";

/** OVHcloud names one place differently: `GRA11` for compute and network, `GRA` for object storage and databases. */
export const computeRegions: readonly string[] = [
  "GRA9",
  "GRA11",
  "SBG5",
  "SBG7",
  "RBX-A",
  "DE1",
  "UK1",
  "WAW1",
  "BHS5",
  "EU-WEST-PAR",
];
export const storageRegions: readonly string[] = ["GRA", "SBG", "RBX", "DE", "UK", "WAW", "BHS", "EU-WEST-PAR"];
export const databaseRegions: readonly string[] = ["GRA", "SBG", "DE", "UK", "WAW", "BHS", "EU-WEST-PAR"];

export const defaultComputeRegion = "GRA11";

/** The place of a region: `GRA` for `GRA11` and `GRA`. */
export function placeOf(region: string): string {
  return region.toUpperCase().replace(/(\d+|-A)$/, "");
}

/** The region of the list that is meant, in the list's own spelling; a region the project does not have is refused. */
export function requireRegion(region: string, known: readonly string[]): string {
  const found = known.find((candidate) => candidate === region.toUpperCase());
  if (found === undefined) {
    throw new CloudError(
      404,
      "EndpointNotFound",
      `No suitable endpoint could be found in the service catalog for region ${region} (known: ${known.join(", ")}).`,
    );
  }
  return found;
}
