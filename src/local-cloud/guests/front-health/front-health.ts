import { messageOf } from "../../../core/errors.ts";
import type { GuestDocument, GuestIdentity } from "../../../machines/document.ts";
import { parseIdentity } from "../../../machines/user-data.ts";
import type { CloudContext } from "../../kernel/context.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { Neutron } from "../../openstack/neutron/neutron.ts";
import type { FloatingIpBody, PortBody } from "../../openstack/neutron/neutron-records.ts";
import { contains } from "../../openstack/neutron/security-groups.ts";
import type { Nova } from "../../openstack/nova/nova.ts";
import type { ServerView } from "../../openstack/nova/types.ts";
import type { Octavia } from "../../openstack/octavia/octavia.ts";
import { type Objects, signedUrlExpiry } from "../../openstack/swift/objects.ts";
import type { DatabaseRecord } from "../../ovhcloud/databases/database-records.ts";
import type { OvhDatabases } from "../../ovhcloud/databases/databases.ts";
import type { BootedGuestOf, FrontHealth, FrontHealthOptions, ReachOf } from "./types.ts";

/** Port that fronts serve on, whichever listener sends to them. */
const servedPort = 80;

interface Parts {
  readonly context: CloudContext;
  readonly neutron: Neutron;
  readonly nova: Nova;
  readonly octavia: Octavia;
  readonly databases: OvhDatabases;
  readonly objects: Objects;
}

/** A result, and until when it is true if no record changes: milliseconds of the cloud's clock. */
interface Computed<T> {
  readonly value: T;
  readonly validUntil: number;
}

/**
 * Would this front answer its health check? The answer depends on everything that a real front needs: its machine, its volume, its
 * configuration document, its database and the network between them. It is computed from the records, and again only when a record has
 * changed or time alone changes it (a guest has started, a signed address has expired).
 */
export class FrontHealths {
  readonly #parts: Parts;
  readonly #computed = new Map<string, Computed<unknown>>();
  #generation = -1;
  #booted: BootedGuestOf = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  of(address: string, options: FrontHealthOptions = {}): FrontHealth {
    const key = `health ${address} ${options.region} ${options.from}`;
    return this.#parts.context.read(() => this.#remember(key, () => this.#examine(address, options)));
  }

  /** From now on, health is that of machines that really boot, where there is one. */
  useBooted(booted: BootedGuestOf): void {
    this.#booted = booted;
    this.forget();
  }

  /** To be called when a machine that really boots answers in another way than before. */
  forget(): void {
    this.#computed.clear();
    this.#parts.context.changed();
  }

  /** When a result that was given out becomes outdated without a change of a record; undefined: never. */
  nextChange(): number | undefined {
    const now = this.#parts.context.clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const { validUntil } of this.#computed.values()) if (validUntil > now) next = Math.min(next, validUntil);
    return Number.isFinite(next) ? next : undefined;
  }

  #remember<T>(key: string, compute: () => Computed<T>): T {
    const { store, clock } = this.#parts.context;
    if (this.#generation !== store.generation) {
      this.#generation = store.generation;
      this.#computed.clear();
    }
    const known = this.#computed.get(key) as Computed<T> | undefined;
    if (known !== undefined && clock.now() < known.validUntil) return known.value;
    const computed = compute();
    this.#computed.set(key, computed);
    return computed.value;
  }

  #examine(address: string, options: FrontHealthOptions): Computed<FrontHealth> {
    const port = this.#portOf(address, options.region);
    if (port !== undefined && this.#parts.context.faults.isLost(port.region)) {
      return { value: unhealthy(`the region ${port.region} is lost`), validUntil: Number.POSITIVE_INFINITY };
    }
    const server = port === undefined ? undefined : this.#serverOf(port);
    const value = this.#judge(address, options, port, server);
    const documentUrl = value.identity?.documentUrl;
    const turns = [server?.guestReadyAt, documentUrl === undefined ? undefined : signedUrlExpiry(documentUrl)];
    const now = this.#parts.context.clock.now();
    const validUntil = Math.min(...turns.filter((at): at is number => at !== undefined && at > now));
    return { value, validUntil };
  }

  #judge(
    address: string,
    options: FrontHealthOptions,
    port: StoredRecord<PortBody> | undefined,
    server: ServerView | undefined,
  ): FrontHealth {
    if (port === undefined || server === undefined) {
      return unhealthy(`no server has the address ${address}`);
    }
    const identity = server.userData === undefined ? undefined : parseIdentity(server.userData);
    const about = { serverId: server.id, serverName: server.name, identity };
    const stopped = this.#whyStopped(server);
    if (stopped !== undefined) {
      return { ...unhealthy(stopped), ...about };
    }
    const booted = this.#booted(server.id);
    const unfit = booted === undefined ? this.#whyUnfit(server, port, identity) : booted.reason;
    const reason = unfit ?? this.#whyShutOut(address, port, options.from);
    const database = reason === undefined && booted === undefined ? this.#databaseOf(identity) : undefined;
    return { healthy: reason === undefined, reason, ...about, database, running: booted?.running ?? true };
  }

  #portOf(address: string, region: string | undefined): StoredRecord<PortBody> | undefined {
    const { records } = this.#parts.neutron;
    const { store } = this.#parts.context;
    const floating = store.list<FloatingIpBody>("floating-ip", { name: address })[0];
    if (floating?.body.portId !== undefined) {
      return records.ports.find(floating.body.portId);
    }
    return store
      .list<PortBody>("port", { region })
      .find(({ body }) => body.deviceId !== "" && body.fixedIps.some(({ ipAddress }) => ipAddress === address));
  }

  #serverOf(port: StoredRecord<PortBody>): ServerView | undefined {
    return port.body.deviceOwner === "compute:nova" ? this.#parts.nova.servers.get(port.body.deviceId) : undefined;
  }

  #whyStopped(server: ServerView): string | undefined {
    const { context } = this.#parts;
    if (server.status !== "ACTIVE") {
      return `the server ${server.name} is ${server.status}${server.fault === undefined ? "" : ` (${server.fault.message})`}`;
    }
    if (server.guestReadyAt === undefined || server.guestReadyAt > context.clock.now()) {
      return `the server ${server.name} is ${server.taskState ?? "still starting"}`;
    }
    return undefined;
  }

  #whyUnfit(server: ServerView, port: StoredRecord<PortBody>, identity: GuestIdentity | undefined): string | undefined {
    if (identity === undefined) {
      return `the user data of ${server.name} carry no identity`;
    }
    const attached = server.volumeIds.some((id) => this.#parts.nova.volumeAttachments.volumeStatus(id) === "in-use");
    if (!attached) {
      return `no data volume is attached to ${server.name}`;
    }
    const subnetId = port.body.fixedIps[0]?.subnetId ?? "";
    const router = this.#parts.neutron.routers.routerOf(subnetId);
    if (router === undefined) {
      return `the subnet of ${server.name} has no router interface`;
    }
    if (router.body.externalNetworkId === undefined) {
      return `the router ${router.name} has no external gateway, so ${server.name} cannot fetch its configuration`;
    }
    const document = this.#fetchDocument(identity);
    return typeof document === "string"
      ? document
      : this.#whyNoDatabase(document.database, port.body.fixedIps[0]?.ipAddress ?? "", router.id);
  }

  /** @returns the document, or why there is none. */
  #fetchDocument(identity: GuestIdentity): GuestDocument | string {
    let content: string;
    try {
      content = this.#parts.objects.contentBySignedUrl(identity.documentUrl).content;
    } catch (error) {
      return `the configuration document of ${identity.name} cannot be fetched: ${messageOf(error)}`;
    }
    try {
      const document = JSON.parse(content) as GuestDocument;
      if (document.name !== identity.name || document.role !== identity.role) {
        return `the configuration document of ${identity.name} is that of ${document.name} (${document.role})`;
      }
      return document.database === undefined
        ? `the configuration document of ${identity.name} names no database`
        : document;
    } catch {
      return `the configuration document of ${identity.name} is not JSON`;
    }
  }

  #databaseOf(identity: GuestIdentity | undefined): FrontHealth["database"] {
    const document = identity === undefined ? "" : this.#fetchDocument(identity);
    const service =
      typeof document === "string" ? undefined : this.#parts.databases.records.byDomain(document.database.host);
    return service === undefined
      ? undefined
      : { id: service.id, maxConnections: this.#parts.databases.get(service.id).maxConnections };
  }

  #whyNoDatabase(wanted: GuestDocument["database"], from: string, routerId: string): string | undefined {
    const service = this.#parts.databases.records.byDomain(wanted.host);
    if (service === undefined) {
      return `no database has the name ${wanted.host}`;
    }
    const { body } = service;
    const name = body.description || service.id;
    // A service that is being changed goes on answering: its nodes are replaced one by one.
    if (body.status !== "READY" && body.status !== "UPDATING") {
      return `the database ${name} is ${body.status}`;
    }
    if (body.engine !== wanted.engine || body.port !== wanted.port) {
      return `the database ${name} is ${body.engine} on port ${body.port}, not ${wanted.engine} on port ${wanted.port}`;
    }
    if (!body.ipRestrictions.some(({ ip }) => contains(ip, from))) {
      return `the database ${name} does not accept the address ${from}`;
    }
    if (body.subnetId !== undefined && this.#parts.neutron.routers.routerOf(body.subnetId)?.id !== routerId) {
      return `the subnet of the database ${name} has no interface on the front's router`;
    }
    return this.#whyNoLogin(service, name, wanted);
  }

  #whyNoLogin(service: DatabaseRecord, name: string, wanted: GuestDocument["database"]): string | undefined {
    const { users, databases } = this.#parts.databases.records;
    const user = users.list({ parent: service.id, name: wanted.user })[0];
    if (user === undefined) {
      return `the database ${name} has no user ${wanted.user}`;
    }
    if (user.body.password !== wanted.password) {
      return `the database ${name} refuses the password of ${wanted.user}`;
    }
    const logical = databases.list({ parent: service.id, name: wanted.name })[0];
    return logical?.body.ready === true ? undefined : `the database ${name} has no logical database ${wanted.name}`;
  }

  #whyShutOut(address: string, port: StoredRecord<PortBody>, from: string | null | undefined): string | undefined {
    if (from === null) {
      return undefined;
    }
    const balancers =
      from === undefined ? this.#parts.octavia.members.balancersOf(address).map(({ id }) => id) : [from];
    for (const id of balancers) {
      const { reason } = this.#reachPort(id, port, address, servedPort);
      if (reason !== undefined) {
        return reason;
      }
    }
    return undefined;
  }

  readonly reach: ReachOf = (loadBalancerId, target) =>
    this.#parts.context.read(() => {
      const key = `reach ${loadBalancerId} ${target.address} ${target.protocolPort}`;
      return this.#remember(key, () => {
        const port = this.#portOf(target.address, undefined);
        const value =
          port === undefined
            ? { reachable: false, reason: `nothing has the address ${target.address}` }
            : this.#reachPort(loadBalancerId, port, target.address, target.protocolPort);
        return { value, validUntil: Number.POSITIVE_INFINITY };
      });
    });

  #reachPort(
    loadBalancerId: string,
    port: StoredRecord<PortBody>,
    address: string,
    tcpPort: number,
  ): { reachable: boolean; reason: string | undefined } {
    const reason = this.#whyUnreached(loadBalancerId, port, address, tcpPort);
    return { reachable: reason === undefined, reason };
  }

  #whyUnreached(
    loadBalancerId: string,
    port: StoredRecord<PortBody>,
    address: string,
    tcpPort: number,
  ): string | undefined {
    const { neutron, octavia } = this.#parts;
    const balancer = octavia.records.balancers.find(loadBalancerId);
    if (balancer === undefined) {
      return `there is no load balancer ${loadBalancerId}`;
    }
    const subnetId = port.body.fixedIps.find(({ ipAddress }) => ipAddress === address)?.subnetId ?? "";
    const { vipSubnetId, vipAddress } = balancer.body;
    if (vipSubnetId !== subnetId) {
      const router = neutron.routers.routerOf(subnetId);
      if (router === undefined || neutron.routers.routerOf(vipSubnetId)?.id !== router.id) {
        return `no router joins the subnets of the load balancer ${balancer.name} and of ${address}`;
      }
    }
    return neutron.securityGroups.allowsTcp(port, vipAddress, tcpPort)
      ? undefined
      : `the security groups of ${address} do not let the load balancer ${balancer.name} (${vipAddress}) reach port ${tcpPort}`;
  }
}

function unhealthy(reason: string): FrontHealth {
  return {
    healthy: false,
    reason,
    serverId: undefined,
    serverName: undefined,
    identity: undefined,
    database: undefined,
    running: false,
  };
}
