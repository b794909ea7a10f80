import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import { computeRegions, placeOf, requireRegion, storageRegions } from "../../kernel/regions.ts";
import type { ContainerView, ObjectView } from "./types.ts";

export interface ContainerBody extends Omit<ContainerView, "name" | "region" | "objectCount" | "bytesUsed"> {
  /** Secret. */
  readonly tempUrlKeys: readonly string[];
  /** Something was written while versions are kept: they stay when the objects go. */
  readonly hasVersions?: boolean;
}

export interface ObjectBody extends Omit<ObjectView, "container" | "name" | "region"> {
  /** May hold secrets. */
  readonly content: string;
}

const defaultRegion = "GRA";
const nothing = "The resource could not be found.";

/** Containers and objects; a region by its compute name (`GRA11`) or its storage name (`GRA`) is the same place. */
export class SwiftRecords {
  readonly context: CloudContext;
  readonly containers: Records<ContainerBody>;
  readonly objects: Records<ObjectBody>;

  constructor(context: CloudContext) {
    this.context = context;
    this.containers = new Records(context, "container", () => new CloudError(404, "Not Found", nothing));
    this.objects = new Records(context, "object", () => new CloudError(404, "Not Found", nothing));
  }

  containerId(name: string, region: string | undefined): string {
    return `${placeOf(this.region(region))}/${name}`;
  }

  region(region: string = defaultRegion): string {
    return requireRegion(region, [...storageRegions, ...computeRegions]);
  }
}
