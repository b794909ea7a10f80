import { type Call, param } from "../../http/route.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import type { DatabaseView } from "./types.ts";

/** The service of a path; under another engine's path there is none. */
export function cluster(call: Call, engine: string = param(call, "engine")): DatabaseView {
  const found = call.cloud.ovhDatabases.get(param(call, "cluster"));
  if (found.engine === engine) return found;
  throw new CloudError(404, "Client::NotFound", "The requested object does not exist");
}
