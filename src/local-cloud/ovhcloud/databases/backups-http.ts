import { param, type Route } from "../../http/route.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { get } from "../ovh-route.ts";
import { cluster } from "./cluster.ts";

/** Backups of a service: ids, and one by one. */
export function backupRoutes(database: string): readonly Route[] {
  return [
    get(`${database}/backup`, (call) => [
      ...new Set(call.cloud.ovhDatabases.backups(cluster(call).id).map(({ id }) => id)),
    ]),
    get(`${database}/backup/:id`, (call) => {
      const found = call.cloud.ovhDatabases.backups(cluster(call).id).find(({ id }) => id === param(call, "id"));
      if (found === undefined) throw new CloudError(404, "Client::NotFound", "The requested object does not exist");
      const { id, createdAt, region, type, status } = found;
      return { id, createdAt, regions: [{ id: region, status }], type, status };
    }),
  ];
}
