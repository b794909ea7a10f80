import { host } from "../../os/host.ts";
import { type ErrorFormat, titleOf } from "../http/error-format.ts";
import { type Call, type HttpApi, param, type Route } from "../http/route.ts";
import { CloudError } from "../kernel/cloud-error.ts";
import { accountRoutes } from "./account/http.ts";
import { authorizeOvh } from "./authorize.ts";
import { backupRoutes } from "./backups/http.ts";
import { databaseRoutes } from "./databases/http.ts";
import { loadBalancerRoutes } from "./load-balancers/http.ts";
import { networkRoutes } from "./networks/http.ts";
import { storageRoutes } from "./storage/http.ts";
import { userRoutes } from "./users/http.ts";
import { vrackRoutes } from "./vrack/http.ts";
import { zoneRoutes } from "./zones/http.ts";

/** Class of an error that another service worded: S3, Octavia, Neutron. */
const classes: Readonly<Record<number, string>> = {
  400: "Client::BadRequest",
  401: "Client::Unauthorized",
  403: "Client::Forbidden",
  404: "Client::NotFound",
  409: "Client::Conflict",
  503: "Server::ServiceUnavailable",
  504: "Server::GatewayTimeout",
};

const ovhErrors: ErrorFormat = {
  // What the signature is about has a code instead of a class. Source: php-ovh, issues 56, 62; ovh/python-ovh client.py.
  body: ({ status, code, message }) =>
    /^[A-Z_]+$/.test(code)
      ? { errorCode: code, httpCode: `${status} ${titleOf(status)}`, message }
      : { class: code.includes("::") ? code : (classes[status] ?? "Server::InternalServerError"), message },
  codes: {
    400: "Client::BadRequest",
    401: "Client::Unauthorized",
    404: "Client::NotFound",
    500: "Server::InternalServerError",
  },
};

/** Every answer of OVHcloud's API carries an id for its support. */
const queryId = () => ({ "X-Ovh-QueryID": `LOCAL.${host().randomUUID()}` });

/** OVHcloud's API calls that need no authentication. */
export const ovhPublic: HttpApi = {
  name: "ovh-api",
  errors: ovhErrors,
  headers: queryId,
  access: "public",
  journaled: true,
  routes: inBothVersions([
    {
      method: "GET",
      path: "/1.0/auth/time",
      handle: ({ cloud }) => ({ body: Math.floor(cloud.clock.now() / 1000) }),
    },
  ]),
};

/** Calls that are not modelled, and those of somebody who may not order anything. */
const refusedRoutes: readonly Route[] = (["GET", "POST", "PUT", "DELETE"] as const).flatMap((method): Route[] => [
  { method, path: "/1.0/order/*", handle: refuseOrder },
  ...["/1.0/*", "/v2/*"].map((path) => ({ method, path, handle: (call: Call) => refuseUnknown(method, call) })),
]);

/** OVHcloud API v1; see BEHAVIOUR.md. */
export const ovh: HttpApi = {
  name: "ovh-api",
  errors: ovhErrors,
  headers: queryId,
  access: authorizeOvh,
  journaled: true,
  routes: inBothVersions([
    ...accountRoutes,
    ...vrackRoutes,
    ...databaseRoutes,
    ...storageRoutes,
    ...loadBalancerRoutes,
    ...networkRoutes,
    ...backupRoutes,
    ...userRoutes,
    ...zoneRoutes,
    ...refusedRoutes,
  ]),
};

/** The version of the API has two names. Source: ovh/go-ovh, getTarget. */
function inBothVersions(routes: readonly Route[]): readonly Route[] {
  return routes.flatMap((route) =>
    route.path.startsWith("/1.0/") ? [route, { ...route, path: route.path.replace("/1.0/", "/v1/") }] : [route],
  );
}

function refuseOrder(): never {
  throw new CloudError(403, "NOT_GRANTED_CALL", "This call has not been granted");
}

function refuseUnknown(method: string, call: Call): never {
  throw new CloudError(501, "Server::NotImplemented", `The local cloud does not model ${method} /${param(call, "*")}`);
}
