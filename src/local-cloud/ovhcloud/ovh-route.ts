import type { Call, Reply, Route } from "../http/route.ts";
import { CloudError } from "../kernel/cloud-error.ts";

/** Path of a Public Cloud project in OVHcloud's API v1. */
export const project = "/1.0/cloud/project/:project";

export function get(path: string, read: (call: Call) => unknown): Route {
  return { method: "GET", path, handle: (call): Reply => ({ body: read(inProject(call)) }) };
}

export function post(path: string, read: (call: Call) => unknown): Route {
  return { method: "POST", path, handle: (call): Reply => ({ body: read(inProject(call)) }) };
}

export function put(path: string, change: (call: Call) => unknown): Route {
  return {
    method: "PUT",
    path,
    handle: (call): Reply => {
      change(inProject(call));
      return { body: null };
    },
  };
}

/** A deletion that answers with nothing. */
export function remove(path: string, effect: (call: Call) => void | Promise<void>): Route {
  return {
    method: "DELETE",
    path,
    handle: async (call): Promise<Reply> => {
      await effect(inProject(call));
      return { body: null };
    },
  };
}

/** A deletion that answers with what it began. */
export function removeBegun(path: string, begin: (call: Call) => unknown): Route {
  return { method: "DELETE", path, handle: (call): Reply => ({ body: begin(inProject(call)) }) };
}

/** OVHcloud answers a foreign project as a missing one. */
function inProject(call: Call): Call {
  const asked = call.params.project;
  if (asked !== undefined && asked !== call.cloud.keystone.projectId) {
    throw new CloudError(404, "Client::NotFound", "This service does not exist");
  }
  return call;
}
