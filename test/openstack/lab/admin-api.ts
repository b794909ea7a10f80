import { address, identityUrl, type PortName, password } from "./place.ts";

/** A thing as an OpenStack API shows it. */
export interface Entity {
  readonly id: string;
  readonly name?: string;
  readonly [field: string]: unknown;
}

const versions: Partial<Record<PortName, string>> = {
  keystone: "/v3",
  glance: "/v2",
  nova: "/v2.1",
  neutron: "/v2.0",
  octavia: "/v2",
};

/** How each kind of thing is called in a body, and where it lies in a path. */
function namesOf(service: PortName, kind: string): { readonly key: string; readonly path: string } {
  return { key: kind.replaceAll("-", "_"), path: `${service === "octavia" ? "lbaas/" : ""}${kind}s` };
}

/** Calls of one account to the services, by their ports: Keystone's catalogue is only being made. */
export class AdminApi {
  readonly #token: string;
  readonly projectId: string;

  private constructor(token: string, projectId: string) {
    this.#token = token;
    this.projectId = projectId;
  }

  static async connect(user: string, project: string): Promise<AdminApi> {
    const domain = { name: "Default" };
    const response = await fetch(`${identityUrl}/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        auth: {
          identity: { methods: ["password"], password: { user: { name: user, domain, password } } },
          scope: { project: { name: project, domain } },
        },
      }),
    });
    const body = (await response.json()) as { token?: { project: { id: string } } };
    const token = response.headers.get("x-subject-token");
    if (token === null || body.token === undefined) {
      throw new Error(`Keystone refused ${user}: ${response.status} ${JSON.stringify(body)}`);
    }
    return new AdminApi(token, body.token.project.id);
  }

  /** `microversion` is Nova's. */
  async call(service: PortName, method: string, path: string, body?: unknown, microversion?: string): Promise<unknown> {
    const binary = body instanceof Uint8Array;
    const response = await fetch(`${address(service)}${versions[service] ?? ""}${path}`, {
      method,
      headers: {
        "x-auth-token": this.#token,
        ...(microversion === undefined ? {} : { "openstack-api-version": `compute ${microversion}` }),
        ...(body === undefined ? {} : { "content-type": binary ? "application/octet-stream" : "application/json" }),
      },
      ...(body === undefined ? {} : { body: binary ? new Uint8Array(body) : JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${service} answered ${response.status} to ${method} ${path}: ${text.slice(0, 500)}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async create(service: PortName, kind: string, fields: Readonly<Record<string, unknown>>): Promise<Entity> {
    const { key, path } = namesOf(service, kind);
    const answer = (await this.call(service, "POST", `/${path}`, { [key]: fields })) as Record<string, Entity>;
    const made = answer[key];
    if (made === undefined) throw new Error(`${service} made no ${kind}: ${JSON.stringify(answer)}`);
    return made;
  }

  async list(service: PortName, kind: string, query = ""): Promise<readonly Entity[]> {
    const { key, path } = namesOf(service, kind);
    const answer = (await this.call(service, "GET", `/${path}${query}`)) as Record<string, readonly Entity[]>;
    return answer[`${key}s`] ?? [];
  }

  /** The one with this name, made when there is none. */
  async ensure(service: PortName, kind: string, name: string, fields: Readonly<Record<string, unknown>> = {}) {
    const found = await this.list(service, kind, `?name=${encodeURIComponent(name)}`);
    return found.find((one) => one.name === name) ?? (await this.create(service, kind, { name, ...fields }));
  }

  async uploadImage(fields: Readonly<Record<string, unknown>>): Promise<void> {
    const image = (await this.call("glance", "POST", "/images", {
      disk_format: "raw",
      container_format: "bare",
      ...fields,
    })) as Entity;
    await this.call("glance", "PUT", `/images/${image.id}/file`, new TextEncoder().encode("no machine boots from it"));
  }
}
