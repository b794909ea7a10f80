import { catalogue } from "../catalogue/catalogue.ts";
import { ovh, ovhPublic } from "../http/ovh.ts";
import { s3 } from "../http/s3.ts";
import { ovhAdapters } from "../provider/ovh/adapters.ts";
import type { Simulator } from "../simulator.ts";

export const simulator: Simulator = {
  id: "ovhcloud",
  open: (cloud) => ({
    packages: { ovh: { catalogue: catalogue.ovh, adapters: ovhAdapters(cloud) } },
    apis: [ovhPublic, ovh, s3],
  }),
};
