export { CloudError, ConnectionDropped } from "./cloud-error.ts";
export { createLocalCloud } from "./create-local-cloud.ts";
export type { LocalCloud, LocalCloudOptions } from "./local-cloud.ts";
