import generated from "./catalogue.generated.json" with { type: "json" };
import type { Catalogue } from "./shape.ts";

/** Inputs and outputs of the supported types: from the official SDKs' declarations, corrected by what the real providers do. */
export const catalogue = generated as unknown as Catalogue;
