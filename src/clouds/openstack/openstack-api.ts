import { ExitCode, LorError } from "../../core/errors.ts";
import { type Caller, type CloudAnswer, type CloudCall, CloudCallError } from "../http/call.ts";
import { type JsonObject, object, objects, text } from "../http/json-answer.ts";
import type { OpenStackCredentials } from "./credentials.ts";

export type OpenStackService =
  | "compute"
  | "network"
  | "load-balancer"
  | "block-storage"
  | "object-store"
  | "key-manager";

interface ServiceFacts {
  readonly title: string;
  /** Catalogue types of the service in different installations, the usual one first. */
  readonly types: readonly string[];
  /** Added when the catalogue's URL has no version. */
  readonly version: string;
}

const serviceFacts: Readonly<Record<OpenStackService, ServiceFacts>> = {
  compute: { title: "Nova", types: ["compute"], version: "" },
  network: { title: "Neutron", types: ["network"], version: "/v2.0" },
  "load-balancer": { title: "Octavia", types: ["load-balancer"], version: "/v2" },
  "block-storage": { title: "Cinder", types: ["volumev3", "block-storage"], version: "" },
  "object-store": { title: "Swift", types: ["object-store"], version: "" },
  "key-manager": { title: "Barbican", types: ["key-manager"], version: "/v1" },
};

interface Session {
  readonly token: string;
  readonly catalog: readonly JsonObject[];
}

export interface OpenStackCall {
  readonly service: OpenStackService;
  readonly method: CloudCall["method"];
  /** Path below the service's URL, such as `/servers/detail?name=x`. */
  readonly path: string;
  readonly body?: unknown;
  readonly idempotent?: boolean;
  /** Media type of the response. Default: JSON. */
  readonly accept?: string;
  /** Compute microversion, such as `2.47`. */
  readonly microversion?: string;
}

interface SharedSession {
  current: Promise<Session> | undefined;
}

/** One project of one OpenStack: its token, its catalogue, and calls to its services. */
export class OpenStack {
  readonly #caller: Caller;
  readonly #credentials: OpenStackCredentials;
  readonly #region: string;
  /** One token serves every region of the project. */
  readonly #session: SharedSession;

  constructor(
    caller: Caller,
    credentials: OpenStackCredentials,
    region = credentials.region,
    session: SharedSession = { current: undefined },
  ) {
    this.#caller = caller;
    this.#credentials = credentials;
    this.#region = region;
    this.#session = session;
  }

  /** The same project in another region. Default: the credentials' own region. */
  inRegion(region: string): OpenStack {
    return new OpenStack(this.#caller, this.#credentials, region || this.#credentials.region, this.#session);
  }

  /** Sends a call; an expired token is renewed once. */
  async send(call: OpenStackCall): Promise<CloudAnswer> {
    try {
      return await this.#sendWithToken(call);
    } catch (error) {
      if (!(error instanceof CloudCallError) || error.status !== 401) throw error;
      this.#session.current = undefined;
      return await this.#sendWithToken(call);
    }
  }

  /** Body of a response, as an object. */
  async read(call: OpenStackCall): Promise<JsonObject> {
    return object((await this.send(call)).body);
  }

  /** All entries of a list, page by page. */
  async list(service: OpenStackService, path: string, key: string, microversion?: string): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    let next: string | undefined = path;
    while (next !== undefined) {
      const page: JsonObject = await this.read({
        service,
        method: "GET",
        path: next,
        ...(microversion === undefined ? {} : { microversion }),
      });
      found.push(...objects(page[key]));
      next = nextPage(path, page[`${key}_links`]);
    }
    return found;
  }

  async #sendWithToken(call: OpenStackCall): Promise<CloudAnswer> {
    this.#session.current ??= this.#authenticate();
    // A failed authentication must not be cached as the session.
    const session = await this.#session.current.catch((error: unknown) => {
      this.#session.current = undefined;
      throw error;
    });
    return await this.#caller.send({
      service: serviceFacts[call.service].title,
      method: call.method,
      url: endpoint(session, call.service, this.#region) + call.path,
      headers: {
        "x-auth-token": session.token,
        ...(call.accept === undefined ? {} : { accept: call.accept }),
        ...(call.microversion === undefined ? {} : { "openstack-api-version": `compute ${call.microversion}` }),
      },
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.idempotent === undefined ? {} : { idempotent: call.idempotent }),
    });
  }

  async #authenticate(): Promise<Session> {
    const answer = await this.#caller.send({
      service: "Keystone",
      method: "POST",
      url: `${this.#credentials.authUrl}/auth/tokens`,
      body: { auth: authBody(this.#credentials) },
      idempotent: true,
    });
    const token = answer.headers.get("x-subject-token");
    if (token === null) {
      throw new LorError({
        code: "cloud-answer-unexpected",
        message: `Keystone at ${this.#credentials.authUrl} gave no token`,
        exit: ExitCode.failed,
        culprit: "cloud",
        next: "lor-infra doctor",
      });
    }
    return { token, catalog: objects(object(object(answer.body).token).catalog) };
  }
}

function authBody(credentials: OpenStackCredentials): unknown {
  const { identity } = credentials;
  if (identity.kind === "application-credential") {
    return {
      identity: {
        methods: ["application_credential"],
        application_credential: { id: identity.id, secret: identity.secret },
      },
    };
  }
  return {
    identity: {
      methods: ["password"],
      password: {
        user: { name: identity.user, domain: { name: identity.userDomain }, password: identity.password },
      },
    },
    scope: {
      project:
        identity.projectId === undefined
          ? { name: identity.projectName, domain: { name: identity.projectDomain } }
          : { id: identity.projectId },
    },
  };
}

function endpoint(session: Session, service: OpenStackService, region: string): string {
  const facts = serviceFacts[service];
  for (const type of facts.types) {
    const entry = session.catalog.find((candidate) => candidate.type === type);
    const url = objects(entry?.endpoints).find(
      (candidate) => candidate.interface === "public" && (candidate.region_id ?? candidate.region) === region,
    )?.url;
    if (typeof url === "string") {
      const address = url.replace(/\/+$/, "");
      return /\/v\d[\d.]*(\/|$)/.test(address) ? address : address + facts.version;
    }
  }
  throw new LorError({
    code: "cloud-service-missing",
    message: `${facts.title} is not in the catalogue of region ${region}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    seen: session.catalog.map((entry) => text(entry.type)).join(", "),
    accepted: `a region that offers ${facts.types.join(" or ")}`,
    next: "lor-infra doctor",
  });
}

/** Links are absolute; only their query is used, so that a wrong host in the catalogue cannot redirect the call. */
function nextPage(path: string, links: unknown): string | undefined {
  const href = objects(links).find((link) => link.rel === "next")?.href;
  if (typeof href !== "string") return undefined;
  return path.replace(/\?.*$/, "") + new URL(href, "http://localhost").search;
}
