export { CloudError, ConnectionDropped } from "./cloud-error.ts";
export { createLocalCloud } from "./create-local-cloud.ts";
export type { CallReport, LocalCloud, LocalCloudOptions } from "./local-cloud.ts";
