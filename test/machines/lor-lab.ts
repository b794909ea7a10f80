import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import { signTempUrl } from "../../components/base/temp-url.ts";
import { installS3Server } from "../../src/engine/s3-server.ts";
import { createLocalCloud } from "../../src/local-cloud/create-local-cloud.ts";
import type { LocalCloud } from "../../src/local-cloud/local-cloud.ts";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { CloudMachines } from "../../src/local-cloud/machines/machines.ts";
import type { DatabaseView } from "../../src/local-cloud/ovhcloud/databases/types.ts";
import { documentName, type GuestDocument } from "../../src/machines/document.ts";
import { packDocument } from "../../src/machines/pack-document.ts";
import { type GuestDocumentInput, renderGuestDocument } from "../../src/machines/render-document.ts";
import { renderUserData } from "../../src/machines/user-data.ts";
import { sha256 } from "../guests/sandbox.ts";
import { type Answer, readAnswer } from "../guests/shop-front.ts";
import { createPart, type Part } from "../local-cloud/test-cloud.ts";
import { waitFor } from "./lab.ts";

const container = "lor-test-configuration";
const key = "temporary-key";
const releaseHost = "releases.lor.example";
/** Every secret carries it, so that it can be looked for. */
export const plantedMark = "PLANTED";
const planted = (name: string) => `${plantedMark}-${name}-012345678901234567890123456789012345678901234567`;

/** A local cloud whose machines, databases, buckets and releases are real, furnished as Lor's program furnishes it. */
export class LorLab implements AsyncDisposable {
  readonly cloud: LocalCloud;
  readonly machines: CloudMachines;
  readonly #folder: string;
  readonly #parts: Readonly<Record<"fronts" | "mysql" | "odoo" | "postgresql", Part>>;
  readonly #storage: GuestDocument["storage"];
  readonly #copies: GuestDocument["storage"];

  private constructor(cloud: LocalCloud, machines: CloudMachines, folder: string) {
    this.cloud = cloud;
    this.machines = machines;
    this.#folder = folder;
    const [fronts, mysql, odoo, postgresql] = [1, 2, 3, 4].map((number) => createPart(cloud, number)) as [
      Part,
      Part,
      Part,
      Part,
    ];
    this.#parts = { fronts, mysql, odoo, postgresql };
    cloud.swift.containers.put({ name: container, region: "GRA", metadata: { "Temp-URL-Key": key } });
    cloud.ovhStorage.create({ name: "images", region: "GRA" });
    cloud.ovhStorage.create({ name: "copies", region: "SBG" });
    const user = cloud.ovhUsers.create({});
    const { access, secret } = cloud.ovhUsers.createS3Credential(user.id);
    const Action = [
      "GetObject",
      "PutObject",
      "ListBucket",
      "GetBucketLocation",
      "DeleteObject",
      "ListBucketMultipartUploads",
      "AbortMultipartUpload",
    ];
    const Resource = ["images", "copies"].flatMap((name) => [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`]);
    cloud.ovhUsers.setS3Policy(
      user.id,
      JSON.stringify({ Statement: [{ Effect: "Allow", Action: Action.map((each) => `s3:${each}`), Resource }] }),
    );
    const bucket = (name: string, region: string) => ({
      endpoint: `https://s3.${region}.io.cloud.ovh.net`,
      region,
      bucket: name,
      accessKey: access,
      secretKey: secret,
    });
    this.#storage = bucket("images", "gra");
    this.#copies = bucket("copies", "sbg");
  }

  static async open(): Promise<LorLab> {
    const s3Program = await installS3Server({ env: process.env });
    const folder = mkdtempSync("/var/tmp/lor-machines-");
    // The databases' own users must reach their folders.
    chmodSync(folder, 0o711);
    const cloud = createLocalCloud({ databasePath: ":memory:", clock: "stepped", scale: 1 });
    try {
      const machines = await CloudMachines.start({
        cloud,
        folder,
        s3Program,
        releases: join(folder, "releases"),
        env: process.env,
        onProgress: () => undefined,
      });
      return new LorLab(cloud, machines, folder);
    } catch (error) {
      cloud.close();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.machines.stop();
    this.cloud.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Lets the model's time pass until everything that was begun is done. */
  async settle(): Promise<void> {
    this.cloud.clock.step(2000);
    this.cloud.advance();
    const { databases } = this.machines.services;
    await databases.refresh();
    const [problem] = databases.problems;
    if (problem !== undefined) throw new Error(`database ${problem.join(": ")}`);
    await this.machines.settled();
  }

  /** A managed database with one user and one logical database, as machines of `from` reach it. */
  async database(
    engine: "mysql" | "postgresql",
    name: string,
  ): Promise<GuestDocument["database"] & { readonly clusterId: string }> {
    const part = engine === "mysql" ? this.#parts.mysql : this.#parts.postgresql;
    const made: DatabaseView = this.cloud.ovhDatabases.create({
      engine,
      version: engine === "mysql" ? "8" : "15",
      plan: "essential",
      flavor: "db1-4",
      nodes: [{ region: "GRA", networkId: part.networkId, subnetId: part.subnetId }],
      ipRestrictions: [{ ip: engine === "mysql" ? "10.10.1.0/24" : "10.10.3.0/24" }],
    });
    await this.settle();
    const { password } = this.cloud.ovhDatabases.createUser(made.id, { name });
    this.cloud.ovhDatabases.createLogicalDatabase(made.id, name);
    await this.settle();
    const [endpoint] = this.cloud.ovhDatabases.get(made.id).endpoints;
    return {
      engine,
      host: endpoint?.domain ?? "",
      port: endpoint?.port ?? 0,
      name,
      user: name,
      password,
      clusterId: made.id,
    };
  }

  /** The service's own administrator, who grants what users lack. */
  databaseAdministrator(clusterId: string): { readonly user: string; readonly password: string } {
    const found = this.cloud.ovhDatabases.logins(clusterId).find(({ name }) => name === "avnadmin");
    return { user: "avnadmin", password: found?.password ?? "" };
  }

  /** Puts an archive where machines fetch it. */
  release(version: string, file: string, archive: Buffer): GuestDocument["release"] {
    const place = join(this.#folder, "releases", releaseHost, file);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, archive);
    return { version, url: `https://${releaseHost}/${file}`, sha256: sha256(archive) };
  }

  /** Stores the document of a machine. */
  publish(
    input: Pick<GuestDocumentInput, "name" | "role" | "domain" | "release" | "database"> & Partial<GuestDocumentInput>,
  ): void {
    const secrets: Record<string, string> =
      input.role === "prestashop"
        ? { cookieKey: planted("cookie"), adminPassword: planted("shop") }
        : { masterPassword: planted("master"), adminPassword: planted("erp") };
    const document = renderGuestDocument({
      storage: this.#storage,
      copies: this.#copies,
      trustedProxies: ["10.10.0.0/24"],
      secrets,
      ...(input.role === "odoo" ? { filestore: { copyEverySeconds: 1800, copyTimeoutSeconds: 600 } } : {}),
      ...input,
    });
    this.cloud.swift.objects.put({
      container,
      region: "GRA",
      name: documentName(input.name),
      content: JSON.stringify(packDocument(document)),
    });
  }

  /** A machine that is switched on, with its data volume. */
  async boot(name: string, role: GuestDocument["role"], flavorName = "b2-7-flex"): Promise<Machine> {
    const { networkId } = role === "odoo" ? this.#parts.odoo : this.#parts.fronts;
    const accountUrl = `https://storage.gra.cloud.ovh.net/v1/AUTH_${this.cloud.keystone.projectId}`;
    const documentUrl = signTempUrl({
      accountUrl,
      container,
      object: documentName(name),
      key,
      expiresAtSeconds: 4_000_000_000,
    });
    const { id: serverId } = this.cloud.nova.servers.create({
      name,
      flavorName,
      imageName: "Debian 12",
      networks: [{ networkId }],
      userData: renderUserData({ name, role, documentUrl }),
    });
    const { id: volumeId } = this.cloud.cinder.volumes.create({
      name: `${name}-data`,
      size: 5,
      volumeType: "high-speed",
    });
    await this.settle();
    this.cloud.nova.volumeAttachments.create({ serverId, volumeId });
    await this.settle();
    return this.machines.named(name);
  }

  serverId(name: string): string {
    return this.cloud.nova.servers.list({ name })[0]?.id ?? "";
  }

  /** State that the machine's last application of its document ended with. */
  applied(machine: Machine, state = "applied", limitSeconds = 300): Promise<Record<string, unknown>> {
    return waitFor(
      `${machine.name} ${state}`,
      async () => {
        const text = await machine.read("/var/lib/lor/status.json");
        const status = text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
        return status?.state === state ? status : undefined;
      },
      limitSeconds,
    );
  }

  /** A request to port 80 of a machine, as the load balancer passes it on. */
  async request(name: string, text: string): Promise<Answer> {
    const connect = this.machines.connectTo(this.serverId(name));
    if (connect === undefined) throw new Error(`${name} is switched off`);
    const socket: Socket = await connect(80);
    const parts: Buffer[] = [];
    const ended = new Promise<void>((resolve) => {
      socket.on("data", (part: Buffer) => parts.push(part));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve());
    });
    socket.write(text);
    await ended;
    return readAnswer(Buffer.concat(parts));
  }

  get(name: string, path: string, headers: readonly string[] = []): Promise<Answer> {
    return this.request(name, [`GET ${path} HTTP/1.1`, ...visitor(headers), "", ""].join("\r\n"));
  }

  post(
    name: string,
    path: string,
    form: Readonly<Record<string, string>>,
    headers: readonly string[] = [],
  ): Promise<Answer> {
    const body = new URLSearchParams(form).toString();
    const lines = [
      "Content-Type: application/x-www-form-urlencoded",
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...headers,
    ];
    return this.request(name, [`POST ${path} HTTP/1.1`, ...visitor(lines), "", body].join("\r\n"));
  }

  /** Waits until `/health` answers with a status. */
  health(name: string, status: number, limitSeconds = 180): Promise<Answer> {
    return waitFor(
      `health ${status} of ${name}`,
      async () => {
        const answer = await this.request(name, "GET /health HTTP/1.0\r\n\r\n").catch(() => undefined);
        return answer?.status === status ? answer : undefined;
      },
      limitSeconds,
    );
  }
}

function visitor(headers: readonly string[]): string[] {
  return [
    "Host: www.lor.example",
    "X-Forwarded-Proto: https",
    "X-Forwarded-For: 203.0.113.9",
    "Connection: close",
    ...headers,
  ];
}
