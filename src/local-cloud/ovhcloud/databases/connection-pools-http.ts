import { type Call, type Json, param, type Route } from "../../http/route.ts";
import { needNumberIn, needTextIn, numberIn, textIn } from "../body-values.ts";
import { get, post, put, remove } from "../ovh-route.ts";
import { cluster } from "./cluster.ts";
import type { ConnectionPoolView, DatabaseView } from "./types.ts";

/** Connection pools of a PostgreSQL service. */
export function connectionPoolRoutes(pools: string): readonly Route[] {
  return [
    get(pools, (call) => call.cloud.ovhDatabases.listConnectionPools(service(call).id).map(({ id }) => id)),
    post(pools, (call) =>
      poolBody(
        call.cloud.ovhDatabases.createConnectionPool(service(call).id, {
          name: needTextIn(call.body, "name"),
          databaseId: needTextIn(call.body, "databaseId"),
          mode: needTextIn(call.body, "mode"),
          size: needNumberIn(call.body, "size"),
          userId: textIn(call.body, "userId"),
        }),
      ),
    ),
    get(`${pools}/:id`, (call) =>
      poolBody(call.cloud.ovhDatabases.getConnectionPool(service(call).id, param(call, "id"))),
    ),
    put(`${pools}/:id`, (call) =>
      call.cloud.ovhDatabases.updateConnectionPool(service(call).id, param(call, "id"), {
        databaseId: textIn(call.body, "databaseId"),
        mode: textIn(call.body, "mode"),
        size: numberIn(call.body, "size"),
        userId: textIn(call.body, "userId"),
      }),
    ),
    remove(`${pools}/:id`, (call) => call.cloud.ovhDatabases.deleteConnectionPool(service(call).id, param(call, "id"))),
  ];
}

function service(call: Call): DatabaseView {
  return cluster(call, "postgresql");
}

function poolBody(pool: ConnectionPoolView): Json {
  const { id, name, databaseId, mode, size, port, sslMode, uri } = pool;
  return { id, name, databaseId, mode, size, port, sslMode, uri, userId: pool.userId ?? null };
}
