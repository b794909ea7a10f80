import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { erpRelease } from "../../src/local-cloud/machines/applications/erp-release.ts";
import { shopRelease } from "../../src/local-cloud/machines/applications/shop-release.ts";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { packDocument } from "../../src/machines/pack-document.ts";
import { type GuestDocumentInput, renderGuestDocument } from "../../src/machines/render-document.ts";
import { renderUserData } from "../../src/machines/user-data.ts";
import { sha256 } from "../guests/sandbox.ts";
import { type Answer, answerOver } from "../guests/shop-front.ts";
import { createPart, type Part, signedUrl } from "../local-cloud/test-cloud.ts";
import { type Lab, waitFor } from "./open-lab.ts";

const container = "lor-test-configuration";
const releaseHost = "releases.lor.example";
/** Every secret of the documents carries it, so that it can be looked for. */
export const plantedMark = "PLANTED";
const long = (name: string) => `${plantedMark}-${name}-0123456789012345678901234567890123456789`;

/** What `/var/lib/lor/status.json` says. */
export interface AppliedStatus {
  readonly state: "applied" | "failed" | "waiting";
  readonly message: string;
  readonly wantedRelease: string;
}

/** Lor's machines with databases, object storage, documents and releases, made by the cloud's own calls. */
export class ShopLab {
  readonly lab: Lab;
  readonly #documents = new Map<string, GuestDocumentInput>();
  readonly #fronts: Part;
  readonly #erp: Part;
  readonly #serverIds = new Map<string, string>();
  readonly #volumeIds = new Map<string, string>();

  private constructor(lab: Lab, fronts: Part, erp: Part) {
    this.lab = lab;
    this.#fronts = fronts;
    this.#erp = erp;
  }

  static async open(lab: Lab): Promise<ShopLab> {
    const { cloud } = lab;
    const external = cloud.neutron.networks.list({ region: "GRA11", name: "Ext-Net" })[0]?.id ?? "";
    const router = cloud.neutron.routers.create({ name: "router", externalNetworkId: external }).id;
    const [fronts, databases, erp] = [1, 2, 3].map((number) => {
      const part = createPart(cloud, number);
      cloud.neutron.routers.addInterface(router, { subnetId: part.subnetId });
      return part;
    }) as [Part, Part, Part];
    cloud.swift.containers.put({ name: container, region: "GRA", metadata: { "Temp-URL-Key": "temporary-key" } });
    const storage = {
      storage: bucket(lab, "GRA", "lor-test-images"),
      copies: bucket(lab, "SBG", "lor-test-copies"),
    };
    const shop = new ShopLab(lab, fronts, erp);
    shop.#documents.set("ps", {
      ...storage,
      name: "ps-0",
      role: "prestashop",
      domain: "www.lor.example",
      release: shop.release("prestashop-9.1.0.zip", "9.1.0", shopRelease("9.1.0")),
      database: database(lab, databases, "mysql", "prestashop", "10.10.1.0/24"),
      trustedProxies: ["10.10.0.0/24", "10.10.1.0/24"],
      imagesCopy: { copyEverySeconds: 900, copyTimeoutSeconds: 600 },
      secrets: { cookieKey: long("cookie"), adminPassword: long("shop-admin") },
    });
    shop.#documents.set("odoo", {
      ...storage,
      name: "odoo",
      role: "odoo",
      domain: "erp.lor.example",
      release: shop.release("odoo-16.deb", "16.0.20241001", erpRelease("16.0.20241001")),
      database: database(lab, databases, "postgresql", "odoo", "10.10.3.0/24"),
      trustedProxies: [],
      filestore: { copyEverySeconds: 1800, copyTimeoutSeconds: 600 },
      secrets: { masterPassword: long("master"), adminPassword: long("admin") },
    });
    await lab.machines.settled();
    return shop;
  }

  /** Puts a release's archive where machines fetch it. */
  release(name: string, version: string, content: Buffer): GuestDocumentInput["release"] {
    const file = join(this.lab.folder, "services/releases", releaseHost, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return { version, url: `https://${releaseHost}/${name}`, sha256: sha256(content) };
  }

  /** What the document of a machine is made from. */
  documentOf(name: string): GuestDocumentInput {
    const known = this.#documents.get(name) ?? this.#documents.get(name.replace(/-\d$/, ""));
    if (known === undefined) throw new Error(`no document for ${name}`);
    return known;
  }

  /** Publishes the document of a machine, as the last one with `changes`. */
  publish(name: string, changes: Partial<GuestDocumentInput> = {}): void {
    const input = { ...this.documentOf(name), ...changes, name };
    this.#documents.set(name, input);
    this.putDocument(name, JSON.stringify(packDocument(renderGuestDocument(input))));
  }

  /** Stores any text as the document of a machine. */
  putDocument(name: string, content: string): void {
    this.lab.cloud.swift.objects.put({ container, region: "GRA", name: `guests/${name}.json`, content });
  }

  /** The document disappears, as object storage that has lost it. */
  removeDocument(name: string): void {
    this.lab.cloud.swift.objects.delete(container, `guests/${name}.json`, "GRA");
  }

  /** Creates and boots a server with its data volume. @param name such as `ps-0` or `odoo` */
  async boot(name: string, flavorName = "b2-7-flex", document: "published" | "absent" = "published"): Promise<Machine> {
    const { cloud, machines } = this.lab;
    if (document === "published") this.publish(name);
    const isErp = name === "odoo";
    const { networkId, subnetId } = isErp ? this.#erp : this.#fronts;
    const number = isErp ? 0 : Number(name.slice(-1));
    const ipAddress = isErp ? "10.10.3.10" : `10.10.1.${10 + number}`;
    const port = cloud.neutron.ports.create({ name, networkId, fixedIps: [{ subnetId, ipAddress }] });
    const documentUrl = signedUrl(cloud, `guests/${name}.json`);
    const server = cloud.nova.servers.create({
      name,
      flavorName,
      imageName: "Debian 12",
      networks: [{ portId: port.id }],
      userData: renderUserData({ name, role: isErp ? "odoo" : "prestashop", documentUrl }),
    });
    const volume = cloud.cinder.volumes.create({ name: `${name}-data`, size: 5, volumeType: "high-speed" });
    this.#serverIds.set(name, server.id);
    this.#volumeIds.set(name, volume.id);
    await this.step(() => undefined);
    await this.step(() => cloud.nova.volumeAttachments.create({ serverId: server.id, volumeId: volume.id }));
    return machines.named(name);
  }

  /** Switches a server off, puts another data volume in the place of its own, and switches it on. @param volumeId undefined: none */
  async exchangeVolume(name: string, volumeId: string | undefined): Promise<void> {
    const { servers, volumeAttachments } = this.lab.cloud.nova;
    const serverId = this.serverId(name);
    await this.step(() => servers.stop(serverId));
    for (const attachment of volumeAttachments.list(serverId)) {
      await this.step(() => volumeAttachments.delete(serverId, attachment.volumeId));
    }
    if (volumeId !== undefined) await this.step(() => volumeAttachments.create({ serverId, volumeId }));
    await this.step(() => servers.start(serverId));
  }

  /** A volume with nothing on it. @returns its id */
  async emptyVolume(name: string): Promise<string> {
    const { id } = this.lab.cloud.cinder.volumes.create({ name, size: 5, volumeType: "high-speed" });
    await this.step(() => undefined);
    return id;
  }

  serverId(name: string): string {
    return this.#serverIds.get(name) ?? "";
  }

  volumeId(name: string): string {
    return this.#volumeIds.get(name) ?? "";
  }

  /** Carries out a change in the cloud, lets its operations end, and waits until the machines have followed. */
  async step(change: () => unknown): Promise<void> {
    change();
    this.lab.cloud.clock.step(200);
    this.lab.cloud.advance();
    await this.lab.machines.settled();
  }

  /** A request to port 80 of a machine, as the load balancer passes it on. */
  async request(name: string, text: string): Promise<Answer> {
    const connect = this.lab.machines.connectTo(this.serverId(name));
    if (connect === undefined) throw new Error(`${name} is switched off`);
    return await answerOver(await connect(80), text);
  }

  /** Waits until `/health` answers with a status. */
  health(name: string, status: number, limitSeconds?: number): Promise<Answer> {
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

/** What a machine says about its last document; waits for the wanted state, and for text in its message. */
export async function statusOf(
  machine: Machine,
  wanted: AppliedStatus["state"],
  message: RegExp = /^/,
  limitSeconds?: number,
): Promise<AppliedStatus> {
  let last: string | undefined;
  try {
    return await waitFor(
      `status ${wanted} ${message}`,
      async () => {
        last = await machine.read("/var/lib/lor/status.json");
        const status = last === undefined ? undefined : (JSON.parse(last) as AppliedStatus);
        return status?.state === wanted && message.test(status.message) ? status : undefined;
      },
      limitSeconds,
    );
  } catch (error) {
    const tail = machine.console().slice(-4_000);
    throw new Error(`${machine.name} says ${last}; the end of its console:\n${tail}`, { cause: error });
  }
}

/** Waits until the health check of a machine succeeds. @throws Error with what it answers instead */
export async function healthOf({ machines }: Lab, machine: Machine, limitSeconds?: number): Promise<void> {
  const problem = () => machines.report().find(({ server }) => server === machine.name)?.problem;
  try {
    await waitFor(`the health of ${machine.name}`, () => (problem() === undefined ? true : undefined), limitSeconds);
  } catch (error) {
    throw new Error(`${machine.name} is not healthy: ${problem()}`, { cause: error });
  }
}

const bootMark = "/run/before-the-reboot";

/** Carries out what reboots a machine, and waits until it is up again. */
export async function rebootBy(machine: Machine, change: () => Promise<void>): Promise<void> {
  // A reboot empties /run.
  await machine.run(["touch", bootMark]);
  await change();
  await waitFor(`the reboot of ${machine.name}`, async () => {
    const marked = await machine.try(["test", "-e", bootMark]).catch(() => undefined);
    if (marked?.code !== 1) return undefined;
    const { stdout } = await machine.try(["systemctl", "is-system-running"]);
    return ["running", "degraded"].includes(stdout.trim()) ? true : undefined;
  });
}

/** What `lor-app` prints on a machine. */
export async function app(machine: Machine, ...words: string[]): Promise<AppAnswer> {
  const { stdout, stderr } = await machine.try(["lor-app", ...words]);
  try {
    return JSON.parse(stdout) as AppAnswer;
  } catch {
    throw new Error(`lor-app ${words.join(" ")}: ${stdout}${stderr}`);
  }
}

export interface AppAnswer extends Readonly<Record<string, unknown>> {
  /** Of `status`: what is not as it must be, by what it is about. */
  readonly reasons?: Readonly<Record<string, string>>;
}

const filling = `for size in 1G 64M 1M 4K; do
  while fallocate -l "$size" "$1/fill-$size-$n"; do n=$((\${n:-0} + 1)); done
done 2>/dev/null
true`;

/** Takes the last byte of a machine's disk. The files have no content, so that the computer's disk does not fill. */
export async function fillDisk(machine: Machine, folder: string): Promise<void> {
  await machine.run(["sh", "-c", filling, "sh", folder]);
}

export async function emptyDisk(machine: Machine, folder: string): Promise<void> {
  await machine.run(["sh", "-c", 'rm -f "$1"/fill-*', "sh", folder]);
}

/** Paths of a machine's files that hold one of these texts, without the documents that it keeps for root alone. */
export async function holdersOf(machine: Machine, texts: readonly string[]): Promise<readonly string[]> {
  const patterns = texts.flatMap((text) => ["-e", text]);
  const places = ["--exclude-dir=proc", "--exclude-dir=sys"];
  const { stdout } = await machine.try(["grep", "-rlIF", ...patterns, "/", ...places]);
  const kept = /^\/var\/lib\/lor\/bundles\/[^/]+\/document\.json$/;
  return stdout
    .trim()
    .split("\n")
    .filter((path) => path !== "" && !kept.test(path))
    .sort();
}

/** Everything that runs on a machine with its arguments and environment, and its journal. */
export async function shownBy(machine: Machine): Promise<string> {
  const processes = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'";
  return await machine.run([
    "sh",
    "-c",
    `${processes}; journalctl --no-pager; cat /var/log/*.log /var/log/*/*.log 2>/dev/null`,
  ]);
}

/** Looks for a new document now instead of in three minutes. */
export async function fetchNow(machine: Machine): Promise<void> {
  // A failure is in the status, and would be tried again without an end.
  await machine.try(["timeout", "120", "systemctl", "restart", "lor-fetch.service"]);
}

/** Status and body of a page that a machine serves, asked on the machine itself behind a balancer that ended TLS. */
export async function page(
  machine: Machine,
  path: string,
  host = "www.lor.example",
): Promise<{ status: number; body: string }> {
  const get = `import sys, urllib.request, urllib.error
request = urllib.request.Request("http://127.0.0.1" + sys.argv[1], headers={"Host": sys.argv[2], "X-Forwarded-Proto": "https"})
try:
    answer = urllib.request.urlopen(request, timeout=30)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status)
print(answer.read().decode(errors="replace"))`;
  const { stdout } = await machine.try(["python3", "-c", get, path, host]);
  const [status = "0", ...body] = stdout.split("\n");
  return { status: Number(status), body: body.join("\n") };
}

/** What machines are allowed on their buckets. */
const storageActions = [
  "GetObject",
  "PutObject",
  "ListBucket",
  "GetBucketLocation",
  "DeleteObject",
  "ListBucketMultipartUploads",
  "AbortMultipartUpload",
];

function bucket({ cloud }: Lab, region: string, name: string): GuestDocumentInput["storage"] {
  cloud.ovhStorage.create({ region, name });
  const user = cloud.ovhUsers.create({ description: name, roleNames: ["objectstore_operator"] });
  cloud.clock.step(60);
  const own = `arn:aws:s3:::${name}`;
  const Action = storageActions.map((action) => `s3:${action}`);
  const statement = { Sid: "All", Effect: "Allow", Action, Resource: [own, `${own}/*`] };
  cloud.ovhUsers.setS3Policy(user.id, JSON.stringify({ Statement: [statement] }));
  const { access, secret } = cloud.ovhUsers.createS3Credential(user.id);
  const small = region.toLowerCase();
  const endpoint = `https://s3.${small}.io.cloud.ovh.net`;
  return { endpoint, region: small, bucket: name, accessKey: access, secretKey: secret };
}

function database(
  { cloud, machines }: Lab,
  part: Part,
  engine: "mysql" | "postgresql",
  name: string,
  from: string,
): GuestDocumentInput["database"] {
  const service = cloud.ovhDatabases.create({
    engine,
    version: engine === "mysql" ? "8" : "15",
    plan: "essential",
    flavor: "db1-4",
    description: name,
    nodes: [{ region: "GRA", networkId: part.networkId, subnetId: part.subnetId }],
    ipRestrictions: [{ ip: from }],
  });
  cloud.clock.step(1_000);
  const { password } = cloud.ovhDatabases.createUser(service.id, { name });
  cloud.ovhDatabases.createLogicalDatabase(service.id, name);
  cloud.clock.step(100);
  const endpoint = cloud.ovhDatabases.get(service.id).endpoints[0];
  const administrator = cloud.ovhDatabases.logins(service.id).find((login) => login.name === "avnadmin");
  return {
    engine,
    host: endpoint?.domain ?? "",
    port: endpoint?.port ?? 0,
    name,
    user: name,
    password,
    ca: machines.services.authority.certificate,
    ...(engine === "postgresql" && administrator !== undefined
      ? { administrator: { user: administrator.name, password: administrator.password } }
      : {}),
  };
}
