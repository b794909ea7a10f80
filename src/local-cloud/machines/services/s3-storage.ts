import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import {
  Agent,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createProxyServer } from "http-proxy-3";
import { writeAtomically } from "../../../os/atomic-file.ts";
import { host, systemClock } from "../../../os/host.ts";
import { poll } from "../../../os/poll.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import type { LocalCloud } from "../../local-cloud.ts";
import type { BucketObjectView } from "../../ovhcloud/storage/types.ts";
import type { NamedService } from "./https-door.ts";
import type { MachineNetwork } from "./machine-network.ts";
import { allows, readS3Request, type S3Request } from "./s3-policy.ts";

const health = "/does-this-server-live";
const startLimit = 60_000;
/** Shorter than any limit of the server. Milliseconds. */
const idleLimit = 5_000;

export interface S3StorageArgs {
  readonly cloud: LocalCloud;
  readonly network: MachineNetwork;
  /** Buckets' objects, one folder a region. */
  readonly folder: string;
  /** Path of the S3 server (`installS3Server`). */
  readonly program: string;
}

/**
 * S3 for machines: buckets, keys and policies of the models, objects in a real S3 server, one for each region. Who may do what is decided here;
 * signatures are checked by the server.
 */
export class S3Storage implements NamedService {
  readonly #args: S3StorageArgs;
  readonly #sockets: string;
  readonly #servers = new Map<string, Promise<ChildProcess>>();
  /** Connections are kept: a server that closes one as soon as it has answered would break the end of the request. */
  readonly #agent = new Agent({ keepAlive: true, timeout: idleLimit });
  readonly #proxy = createProxyServer({ agent: this.#agent });
  #generation = -1;

  constructor(args: S3StorageArgs) {
    this.#args = args;
    const name = createHash("sha256").update(args.folder).digest("hex").slice(0, 12);
    // A path of a socket has at most 107 bytes.
    this.#sockets = join(tmpdir(), `lor-s3-${name}`);
    rmSync(this.#sockets, { recursive: true, force: true });
    mkdirSync(this.#sockets, { mode: 0o700 });
    mkdirSync(args.folder, { recursive: true, mode: 0o700 });
    args.cloud.ovhStorage.stored = {
      list: (bucket, region) => objectsIn(join(this.#bucketsOf(region.toLowerCase()), bucket)),
      empty: (bucket, region) => emptyFolder(join(this.#bucketsOf(region.toLowerCase()), bucket)),
      remove: (bucket, region, key) =>
        rmSync(join(this.#bucketsOf(region.toLowerCase()), bucket, key), { force: true }),
    };
    this.#proxy.on("error", (_error, _request, response) => {
      if ("headersSent" in response && !response.headersSent) refuse(response, 503, "ServiceUnavailable");
      else response.destroy();
    });
  }

  has(host: string): boolean {
    return splitHost(host) !== undefined;
  }

  readonly serve: RequestListener = (request, response) => {
    void this.#answer(request, response).catch((error: unknown) => {
      if (error instanceof CloudError) refuse(response, error.status, error.code, error.message);
      else refuse(response, 500, "InternalError");
    });
  };

  async close(): Promise<void> {
    this.#args.cloud.ovhStorage.stored = undefined;
    for (const server of this.#servers.values()) {
      const process = await server.catch(() => undefined);
      if (process === undefined || process.exitCode !== null || process.signalCode !== null) continue;
      // Not `close`: inside a process namespace the server outlives the program that entered it, and holds its output until the namespace ends.
      const ended = once(process, "exit");
      process.kill("SIGKILL");
      await ended;
    }
    this.#agent.destroy();
    rmSync(this.#sockets, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { cloud } = this.#args;
    const host = splitHost((request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase());
    if (host === undefined) throw new CloudError(400, "InvalidRequest", "the host is not of this service");
    const asked = readS3Request(request, host.bucket);
    const name = `${request.method} ${host.region} /${asked.bucket}/${asked.key}`;
    await cloud.perform({ api: "http", service: "s3", operation: "http", name }, async () => {
      this.#authorize(request, asked, host.region);
      this.#start(host.region);
      await this.#servers.get(host.region);
    });
    const target = { host: "localhost", port: 80, socketPath: this.#socketOf(host.region) };
    this.#proxy.web(request, response, { target });
  }

  #authorize(request: IncomingMessage, { accessKey, bucket, actions }: S3Request, region: string): void {
    const { cloud } = this.#args;
    cloud.context.requireRegion(region.toUpperCase());
    const account = cloud.ovhUsers.s3Accounts().find(({ access }) => access === accessKey);
    if (account === undefined) {
      if (accessKey === undefined) throw new CloudError(403, "AccessDenied", "Access Denied");
      throw new CloudError(403, "InvalidAccessKeyId", "The access key id you provided does not exist in our records.");
    }
    if (actions === undefined) {
      const what = `${request.method} ${new URL(request.url ?? "/", "http://s3").search || "on a bucket"}`;
      throw new CloudError(501, "NotImplemented", `The local cloud does not model this request: ${what}`);
    }
    if (actions.some((action) => !allows(account.policy, action))) {
      throw new CloudError(403, "AccessDenied", "Access Denied");
    }
    this.#followModels();
    if (!existsSync(join(this.#bucketsOf(region), bucket))) {
      throw new CloudError(404, "NoSuchBucket", "The specified bucket does not exist.");
    }
  }

  /** Users and folders of buckets, as the models have them now. */
  #followModels(): void {
    const { cloud, folder } = this.#args;
    if (this.#generation === cloud.store.generation) return;
    this.#generation = cloud.store.generation;
    const accounts = cloud.ovhUsers.s3Accounts().map(({ access, secret }) => [access, accountOf(access, secret)]);
    mkdirSync(join(folder, "users"), { recursive: true, mode: 0o700 });
    writeAtomically(join(folder, "users/users.json"), JSON.stringify({ accessAccounts: Object.fromEntries(accounts) }));
    // Of a lost region, too: what cannot be reached is not deleted.
    const wanted = Map.groupBy(cloud.store.list("bucket"), ({ region }) => region.toLowerCase());
    for (const [region, buckets] of wanted) {
      for (const { name } of buckets) mkdirSync(join(this.#bucketsOf(region), name), { recursive: true });
    }
    for (const region of readdirSync(join(folder))) {
      if (region === "users") continue;
      const names = new Set(wanted.get(region)?.map(({ name }) => name));
      for (const name of readdirSync(this.#bucketsOf(region))) {
        if (!names.has(name) && !name.startsWith(".")) rmSync(join(this.#bucketsOf(region), name), { recursive: true });
      }
    }
  }

  #bucketsOf(region: string): string {
    return join(this.#args.folder, region);
  }

  #socketOf(region: string): string {
    return join(this.#sockets, region);
  }

  #start(region: string): void {
    if (this.#servers.has(region)) return;
    const server = this.#run(region);
    this.#servers.set(region, server);
    server.then(
      (process) => process.once("close", () => this.#servers.delete(region)),
      () => this.#servers.delete(region),
    );
  }

  async #run(region: string): Promise<ChildProcess> {
    const { network, program, folder } = this.#args;
    const socket = this.#socketOf(region);
    rmSync(socket, { force: true });
    mkdirSync(this.#bucketsOf(region), { recursive: true });
    const [first = "", ...args] = network.inside([
      program,
      ...["--port", socket, "--socket-perm", "0600", "--region", region, "--health", health, "--quiet"],
      ...["--virtual-domain", `s3.${region}.io.cloud.ovh.net`, "--iam-dir", join(folder, "users")],
      "--iam-cache-disable",
      "--keep-alive",
      ...["posix", this.#bucketsOf(region)],
    ]);
    // Nobody uses the server's own account.
    const env = {
      ROOT_ACCESS_KEY: "local-cloud",
      ROOT_SECRET_KEY: Buffer.from(host().randomBytes(24)).toString("hex"),
    };
    const process = spawn(first, args, { stdio: ["ignore", "ignore", "pipe"], env });
    let complaint = "";
    process.stderr.on("data", (text: Buffer) => {
      complaint = `${complaint}${text.toString()}`.slice(-1000);
    });
    const ended = () => process.exitCode !== null || process.signalCode !== null;
    const { seen } = await poll({
      look: async () => (ended() ? "ended" : (await answers(socket)) ? "ready" : "starting"),
      good: (state) => state !== "starting",
      interval: 25,
      limit: startLimit,
      clock: systemClock,
    });
    if (seen === "ready") return process;
    process.kill("SIGKILL");
    throw new Error(`the S3 server of ${region} does not start: ${complaint.trim()}`);
  }
}

/** Policies are judged before the server sees a request: to the server, every known user may do everything. */
function accountOf(access: string, secret: string): unknown {
  return { access, secret, role: "admin", userID: 0, groupID: 0, projectID: 0 };
}

function splitHost(host: string): { readonly region: string; readonly bucket: string | undefined } | undefined {
  const found = /^(?:(?<bucket>[a-z0-9][a-z0-9.-]*)\.)?s3\.(?<region>[a-z0-9-]+)\.io\.cloud\.ovh\.net$/.exec(host);
  const region = found?.groups?.region;
  return region === undefined ? undefined : { region, bucket: found?.groups?.bucket };
}

/** Objects of a bucket, as the server lays them out: one file each, and its unfinished uploads in a hidden folder. */
function objectsIn(folder: string): BucketObjectView[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const key = relative(folder, path);
    if (!entry.isFile() || key.startsWith(".sgwtmp")) return [];
    const { size, mtime } = statSync(path);
    const version = { versionId: "null", isLatest: true, isDeleteMarker: false, etag: "" };
    return [{ ...version, key, size, lastModified: mtime.toISOString() }];
  });
}

function emptyFolder(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) rmSync(join(folder, name), { recursive: true });
}

function answers(socketPath: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const request = httpRequest({ socketPath, path: health }, (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  request.once("error", () => resolve(false));
  request.end();
  return promise;
}

function refuse(response: ServerResponse, status: number, code: string, message = code): void {
  // A body that nobody reads leaves a connection that no other request can use.
  response.writeHead(status, { "content-type": "application/xml", connection: "close" });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
}
