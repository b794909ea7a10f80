import { loopback } from "../local-cloud/traffic/address.ts";
import { cloudFolder, requireLocalCloud } from "./cloud-connection.ts";
import type { StackContext } from "./stack-context.ts";

/** Host and port at which an address of the cloud answers from this machine. */
export function publicEndpoint(
  { cloud, folder }: Pick<StackContext, "cloud" | "folder">,
  address: string,
  port: number,
): { readonly host: string; readonly port: number } {
  if (cloud !== "local") return { host: address, port };
  return loopback(address, port, requireLocalCloud(cloudFolder(folder.home)).runtime.trafficPortOffset);
}
