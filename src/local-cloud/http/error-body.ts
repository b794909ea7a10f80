import type { CloudError } from "../behaviour/index.ts";
import type { Dialect } from "./route.ts";

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Request Entity Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** The body of an error as the real service words it. */
export function errorBody(dialect: Dialect, error: Pick<CloudError, "status" | "code" | "message">): unknown {
  const { status, code, message } = error;
  const title = TITLES[status] ?? "Error";
  switch (dialect) {
    case "nova":
      return { [code]: { code: status, message } };
    case "neutron":
      return { NeutronError: { type: code, message, detail: "" } };
    case "octavia":
      return { faultcode: status >= 500 ? "Server" : "Client", faultstring: message, debuginfo: null };
    case "keystone":
      return { error: { code: status, message, title } };
    case "barbican":
      return { code: status, title, description: message };
    case "ovh":
      return { class: code, message };
    case "swift":
      return `<html><h1>${title}</h1><p>${message}</p></html>`;
    case "control":
      return { error: code, message };
  }
}

/** The word of each dialect for a refusal that the door itself makes. */
export function doorCode(dialect: Dialect, status: 400 | 401 | 404 | 500): string {
  const words: Readonly<Record<typeof status, Partial<Record<Dialect, string>> & { readonly other: string }>> = {
    400: { nova: "badRequest", neutron: "HTTPBadRequest", ovh: "Client::BadRequest", other: "bad-request" },
    401: { nova: "unauthorized", neutron: "HTTPUnauthorized", ovh: "Client::Unauthorized", other: "unauthorized" },
    404: { nova: "itemNotFound", neutron: "HTTPNotFound", ovh: "Client::NotFound", other: "not-found" },
    500: { nova: "computeFault", neutron: "HTTPInternalServerError", ovh: "Server::InternalError", other: "internal" },
  };
  return words[status][dialect] ?? words[status].other;
}
