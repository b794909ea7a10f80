import generated from "./catalogue.generated.json" with { type: "json" };
import type { Catalogue } from "./shape.ts";

/** What the official SDKs declare and the real providers do, for the types that Lor uses. */
export const catalogue = generated as unknown as Catalogue;
