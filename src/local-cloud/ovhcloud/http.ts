import { randomUUID } from "node:crypto";
import type { ErrorFormat } from "../http/error-format.ts";
import type { HttpApi } from "../http/route.ts";
import { backupRoutes } from "./backups/http.ts";
import { databaseRoutes } from "./databases/http.ts";
import { loadBalancerRoutes } from "./load-balancers/http.ts";
import { storageRoutes } from "./storage/http.ts";
import { userRoutes } from "./users/http.ts";
import { vrackRoutes } from "./vrack/http.ts";
import { zoneRoutes } from "./zones/http.ts";

const ovhErrors: ErrorFormat = {
  body: ({ code, message }) => ({ class: code, message }),
  codes: {
    400: "Client::BadRequest",
    401: "Client::Unauthorized",
    404: "Client::NotFound",
    500: "Server::InternalError",
  },
};

/** Every answer of OVHcloud's API carries an id for its support. */
const queryId = () => ({ "x-ovh-queryid": `LOCAL.${randomUUID()}` });

/** OVHcloud's API calls that need no authentication. */
export const ovhPublic: HttpApi = {
  name: "ovh-api",
  errors: ovhErrors,
  headers: queryId,
  access: "public",
  journaled: true,
  routes: [
    {
      method: "GET",
      path: "/1.0/auth/time",
      handle: ({ cloud }) => ({ body: Math.floor(cloud.clock.now() / 1000) }),
    },
  ],
};

/** OVHcloud API v1: lists that the search by name asks, and the deletion of what lost its secret. */
export const ovh: HttpApi = {
  name: "ovh-api",
  errors: ovhErrors,
  headers: queryId,
  access: "token",
  journaled: true,
  routes: [
    ...vrackRoutes,
    ...databaseRoutes,
    ...storageRoutes,
    ...loadBalancerRoutes,
    ...backupRoutes,
    ...userRoutes,
    ...zoneRoutes,
  ],
};
