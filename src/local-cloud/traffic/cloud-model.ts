import type { Socket } from "node:net";
import type { GuestDocument } from "../../machines/document.ts";
import { connectionsPerPage } from "../../machines/prestashop/connections.ts";
import { CloudError } from "../kernel/cloud-error.ts";
import type { LocalCloud } from "../local-cloud.ts";
import type { ListenerView, MonitorView, PoolView } from "../openstack/octavia/types.ts";
import {
  type BalancerModel,
  expectedCodes,
  type InstanceHealth,
  type InstanceModel,
  type ListenerModel,
  type MonitorModel,
  type PoolModel,
  type TrafficModel,
} from "./model.ts";

interface Health extends InstanceHealth {
  /** Packets reach a web server. */
  readonly running: boolean;
}

/** Machines that really boot, as far as traffic reaches them. */
export interface BootedMachines {
  /** Connects to a port of a server's machine; undefined for a server whose machine is off or only modelled. */
  connectTo(serverId: string): ((port: number) => Promise<Socket>) | undefined;
}

/** Traffic's view of the modelled services. */
export class CloudModel implements TrafficModel {
  readonly #cloud: LocalCloud;
  readonly #booted: BootedMachines | undefined;

  constructor(cloud: LocalCloud, booted?: BootedMachines) {
    this.#cloud = cloud;
    this.#booted = booted;
  }

  instances(): readonly InstanceModel[] {
    return this.#cloud.context.read(() => this.#readInstances());
  }

  balancers(): readonly BalancerModel[] {
    return this.#cloud.context.read(() => this.#readBalancers());
  }

  #readInstances(): InstanceModel[] {
    const floating = this.#floating();
    return this.#cloud.nova.servers.list().flatMap((server) => {
      const fixed = server.addresses[0]?.address;
      if (fixed === undefined) return [];
      const health = () => this.#healthOf(fixed, server.region);
      const connect = this.#booted?.connectTo(server.id);
      // A machine that boots answers itself or not at all: the modelled server would serve from a health of a moment ago.
      if (connect === undefined && (this.#booted !== undefined || !health().running)) return [];
      const { identity, database } = this.#cloud.frontHealth(fixed, { region: server.region, from: null });
      const role = identity?.role;
      const isPublic = server.addresses.some(({ portId }) => floating.has(portId));
      return [
        {
          id: server.id,
          name: server.name,
          flavor: server.flavor.name,
          addresses: server.addresses.flatMap(({ address, portId }) => [address, ...(floating.get(portId) ?? [])]),
          ports: [...(role === "prestashop" ? [80] : [80, 443]), ...(connect !== undefined && isPublic ? [22] : [])],
          acmeThumbprint: () => this.#thumbprint(fixed, server.region),
          health,
          ...(database === undefined || role !== "prestashop"
            ? {}
            : { database: { ...database, perRequest: connectionsPerPage } }),
          ...(connect === undefined ? {} : { connect }),
        },
      ];
    });
  }

  #readBalancers(): BalancerModel[] {
    const { octavia } = this.#cloud;
    const floating = this.#floating();
    return octavia.loadBalancers.list().flatMap((balancer): BalancerModel[] => {
      // Requests pass while a change is under way, and not before the first creation is done.
      if (balancer.provisioningStatus === "PENDING_CREATE" || balancer.provisioningStatus === "PENDING_DELETE")
        return [];
      if (!balancer.adminStateUp) return [];
      const pools = octavia.pools.list({ loadBalancerId: balancer.id });
      return [
        {
          id: balancer.id,
          name: balancer.name,
          addresses: [balancer.vipAddress, ...(floating.get(balancer.vipPortId) ?? [])],
          listeners: octavia.listeners
            .list({ loadBalancerId: balancer.id })
            .flatMap((listener) => this.#listener(listener)),
          pools: pools.map((pool) => this.#pool(pool, balancer.id)),
        },
      ];
    });
  }

  #listener(listener: ListenerView): ListenerModel[] {
    if (!listener.adminStateUp || listener.provisioningStatus === "PENDING_CREATE") return [];
    const terminates = listener.protocol === "TERMINATED_HTTPS";
    const pkcs12 = terminates ? this.#certificate(listener.defaultTlsContainerRef) : undefined;
    // Without its certificate a listener that ends TLS cannot answer at all.
    if (terminates && pkcs12 === undefined) return [];
    return [
      {
        id: listener.id,
        port: listener.protocolPort,
        forwardedProto: listener.insertHeaders["X-Forwarded-Proto"] === "true",
        poolId: listener.defaultPoolId,
        timeouts: {
          client: listener.timeoutClientData,
          memberConnect: listener.timeoutMemberConnect,
          memberData: listener.timeoutMemberData,
        },
        ...(pkcs12 === undefined ? {} : { pkcs12 }),
      },
    ];
  }

  #certificate(secretRef: string | undefined): Buffer | undefined {
    if (secretRef === undefined) return undefined;
    try {
      return Buffer.from(this.#cloud.barbican.secrets.payload(secretRef));
    } catch (error) {
      if (error instanceof CloudError) return undefined;
      throw error;
    }
  }

  #pool(pool: PoolView, balancerId: string): PoolModel {
    const monitor = this.#cloud.octavia.monitors.list({ poolId: pool.id })[0];
    return {
      id: pool.id,
      members: this.#cloud.octavia.members
        .list(pool.id)
        .filter((member) => member.adminStateUp && member.provisioningStatus !== "PENDING_CREATE")
        .map((member) => ({
          id: member.id,
          address: member.address,
          port: member.protocolPort,
          weight: member.weight,
          reachable: () => this.#reaches(balancerId, member.address, member.protocolPort),
        })),
      monitor: monitor === undefined || !monitor.adminStateUp ? undefined : monitorModel(monitor),
    };
  }

  /** Port -> floating addresses that lead to it. */
  #floating(): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const { portId, address } of this.#cloud.neutron.floatingIps.list()) {
      if (portId !== undefined) found.set(portId, [...(found.get(portId) ?? []), address]);
    }
    return found;
  }

  /** The guest's own view, whoever asks. */
  #healthOf(address: string, region: string): Health {
    const { healthy, reason, running } = this.#cloud.frontHealth(address, { region, from: null });
    return { healthy, reason: reason ?? "ok", running };
  }

  #thumbprint(address: string, region: string): string | undefined {
    const { identity } = this.#cloud.frontHealth(address, { region, from: null });
    if (identity === undefined) return undefined;
    try {
      const { content } = this.#cloud.swift.objects.contentBySignedUrl(identity.documentUrl);
      return (JSON.parse(content) as Pick<GuestDocument, "acmeThumbprint">).acmeThumbprint;
    } catch (error) {
      if (error instanceof CloudError || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  #reaches(balancerId: string, address: string, protocolPort: number): boolean {
    return this.#cloud.reach(balancerId, { address, protocolPort }).reachable;
  }
}

function monitorModel(monitor: MonitorView): MonitorModel {
  return {
    delaySeconds: monitor.delay,
    timeoutSeconds: monitor.timeout,
    maxRetries: monitor.maxRetries,
    maxRetriesDown: monitor.maxRetriesDown,
    path: monitor.urlPath ?? "/",
    expectedCodes: expectedCodes(monitor.expectedCodes ?? "200"),
  };
}
