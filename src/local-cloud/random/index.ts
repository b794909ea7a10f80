import { catalogue } from "../catalogue/catalogue.ts";
import type { Simulator } from "../simulator.ts";
import { randomAdapters } from "./provider.ts";

/** Not a cloud: the package whose resources exist in the engine's state only. */
export const simulator: Simulator = {
  id: "random",
  open: () => ({ packages: { random: { catalogue: catalogue.random, adapters: randomAdapters } } }),
};
