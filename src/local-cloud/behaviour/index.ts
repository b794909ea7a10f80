export { CloudError, ConnectionDropped } from "./cloud-error.ts";
export type { CallReport, LocalCloud, LocalCloudOptions } from "./local-cloud.ts";
