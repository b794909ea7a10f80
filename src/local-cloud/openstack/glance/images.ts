import { CloudError } from "../../kernel/cloud-error.ts";
import { type CloudContext, fixedUuid } from "../../kernel/context.ts";
import { computeRegions, defaultComputeRegion, requireRegion } from "../../kernel/regions.ts";
import type { ImagesApi, ImageView } from "./types.ts";

/** Public images of every region. */
const publicImages: readonly { name: string; minDisk: number; createdAt: string }[] = [
  { name: "Debian 11", minDisk: 0, createdAt: "2026-01-12T10:00:00Z" },
  { name: "Debian 12", minDisk: 0, createdAt: "2026-10-05T10:00:00Z" },
  { name: "Debian 13", minDisk: 0, createdAt: "2026-10-05T10:00:00Z" },
  { name: "Ubuntu 22.04", minDisk: 0, createdAt: "2026-10-05T10:00:00Z" },
  { name: "Ubuntu 24.04", minDisk: 0, createdAt: "2026-10-05T10:00:00Z" },
];

/** OpenStack's images; see BEHAVIOUR.md. */
export class Images implements ImagesApi {
  readonly #context: CloudContext;
  readonly #byId: ReadonlyMap<string, ImageView>;

  constructor(context: CloudContext) {
    this.#context = context;
    const images = computeRegions.flatMap((region) =>
      publicImages.map(
        (image): ImageView => ({
          id: fixedUuid("image", region, image.name),
          region,
          status: "active",
          visibility: "public",
          minRam: 0,
          ...image,
        }),
      ),
    );
    this.#byId = new Map(images.map((image) => [image.id, image]));
  }

  get(id: string): ImageView {
    const image = this.#byId.get(id);
    if (image === undefined) {
      throw new CloudError(404, "HTTPNotFound", `No image found with ID ${id}`);
    }
    this.#context.requireRegion(image.region);
    return image;
  }

  list(filter: { region?: string | undefined; name?: string | undefined } = {}): ImageView[] {
    const region = filter.region === undefined ? undefined : requireRegion(filter.region, computeRegions);
    if (region !== undefined) {
      this.#context.requireRegion(region);
    }
    return [...this.#byId.values()].filter(
      (image) =>
        (region === undefined || image.region === region) &&
        (filter.name === undefined || image.name === filter.name) &&
        !this.#context.faults.isLost(image.region),
    );
  }

  find(name: string, region: string = defaultComputeRegion): ImageView {
    const image = this.list({ region, name })[0];
    if (image === undefined) {
      throw new CloudError(404, "HTTPNotFound", `No image found with name ${name} in region ${region}`);
    }
    return image;
  }
}
