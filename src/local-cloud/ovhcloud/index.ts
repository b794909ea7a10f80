import { catalogue } from "../catalogue/catalogue.ts";
import type { Simulator } from "../simulator.ts";
import { ovhAdapters } from "./adapters.ts";
import { ovh, ovhPublic } from "./http.ts";
import { s3 } from "./storage/http.ts";

export const simulator: Simulator = {
  id: "ovhcloud",
  open: (cloud) => ({
    packages: { ovh: { catalogue: catalogue.ovh, adapters: ovhAdapters(cloud) } },
    apis: [ovhPublic, ovh, s3],
  }),
};
