import { CloudError } from "../../kernel/cloud-error.ts";
import { type CloudContext, fixedUuid } from "../../kernel/context.ts";
import { computeRegions, defaultComputeRegion, requireRegion } from "../../kernel/regions.ts";
import { isWithdrawn } from "../restrictions.ts";
import type { FlavorsApi, FlavorView } from "./types.ts";

interface FlavorSize {
  readonly name: string;
  readonly vcpus: number;
  /** MB. */
  readonly ram: number;
  /** GB. */
  readonly disk: number;
}

/** Classic sizes differ in disk, so they only grow; flex sizes all have 50 GB, so they also shrink. Sources in BEHAVIOUR.md. */
const sizes: readonly FlavorSize[] = [
  { name: "b2-7", vcpus: 2, ram: 7000, disk: 50 },
  { name: "b2-15", vcpus: 4, ram: 15_000, disk: 100 },
  { name: "b2-30", vcpus: 8, ram: 30_000, disk: 200 },
  { name: "b2-7-flex", vcpus: 2, ram: 7000, disk: 50 },
  { name: "b2-15-flex", vcpus: 4, ram: 15_000, disk: 50 },
  { name: "b2-30-flex", vcpus: 8, ram: 30_000, disk: 50 },
  { name: "b3-8", vcpus: 2, ram: 8000, disk: 50 },
  { name: "b3-16", vcpus: 4, ram: 16_000, disk: 100 },
  { name: "b3-8-flex", vcpus: 2, ram: 8000, disk: 50 },
  { name: "b3-16-flex", vcpus: 4, ram: 16_000, disk: 50 },
];

export class Flavors implements FlavorsApi {
  readonly #context: CloudContext;
  readonly #byId: ReadonlyMap<string, FlavorView>;

  constructor(context: CloudContext) {
    this.#context = context;
    const flavors = computeRegions.flatMap((region) => sizes.map((size) => viewOf(size, region)));
    this.#byId = new Map(flavors.map((flavor) => [flavor.id, flavor]));
  }

  get(id: string): FlavorView {
    const flavor = this.#byId.get(id);
    if (flavor === undefined) {
      throw new CloudError(404, "itemNotFound", `Flavor ${id} could not be found.`);
    }
    this.#context.requireRegion(flavor.region);
    return flavor;
  }

  find(name: string, region: string = defaultComputeRegion): FlavorView {
    const flavor = this.list({ region }).find((candidate) => candidate.name === name);
    if (flavor === undefined) {
      throw new CloudError(404, "itemNotFound", `Flavor ${name} could not be found.`);
    }
    return flavor;
  }

  list(filter: { region?: string | undefined; nameFilter?: string | undefined } = {}): FlavorView[] {
    const region = filter.region === undefined ? undefined : requireRegion(filter.region, computeRegions);
    if (region !== undefined) {
      this.#context.requireRegion(region);
    }
    return [...this.#byId.values()].filter(
      (flavor) =>
        (region === undefined || flavor.region === region) &&
        (filter.nameFilter === undefined || flavor.name.includes(filter.nameFilter)) &&
        !this.#context.faults.isLost(flavor.region) &&
        !isWithdrawn(this.#context, flavor.region, flavor.name),
    );
  }

  /** Finds the flavor of a creation or a resize; Nova answers 400 there, not 404. */
  choose(region: string, wanted: { flavorId?: string | undefined; flavorName?: string | undefined }): FlavorView {
    const found =
      wanted.flavorId === undefined || wanted.flavorId === ""
        ? this.list({ region }).find(({ name }) => name === wanted.flavorName)
        : this.list({ region }).find(({ id }) => id === wanted.flavorId);
    if (found === undefined || found.region !== region) {
      throw new CloudError(400, "badRequest", `Flavor ${wanted.flavorId || wanted.flavorName} could not be found.`);
    }
    return found;
  }
}

function viewOf(size: FlavorSize, region: string): FlavorView {
  // A flex size costs what the classic one costs and is billed by its codes.
  const billed = size.name.replace(/-flex$/, "");
  return {
    id: fixedUuid("flavor", region, size.name),
    ...size,
    region,
    available: true,
    planCodes: {
      hourly: `${billed}.consumption`,
      monthly: billed.startsWith("b2-") ? `${billed}.monthly.postpaid` : undefined,
    },
  };
}
