import { once } from "node:events";
import type { Server } from "node:http";
import { Server as TlsServer } from "node:https";
import { createConnection, type Socket } from "node:net";
import { host } from "../../os/host.ts";
import { loopback } from "./address.ts";
import { createBalancerServer } from "./balancer.ts";
import { DatabaseConnections } from "./database-connections.ts";
import { type BalancerFigures, TrafficCounters, type TrafficFigures, type UnboundAddress } from "./figures.ts";
import { createInstanceServer } from "./instance-server.ts";
import { MachineDoor } from "./machine-door.ts";
import { MemberMonitor, type MemberStatus, type WatchedPool } from "./member-monitor.ts";
import type {
  BalancerModel,
  InstanceHealth,
  InstanceModel,
  ListenerModel,
  MemberModel,
  PoolModel,
  TrafficModel,
} from "./model.ts";
import type { TrafficView } from "./traffic-view.ts";

export interface TrafficOptions {
  /** Added to every port, see `loopback`. */
  readonly portOffset: number;
  /** Seconds of the cloud in one real second. */
  readonly scale: number;
  /** PKCS#12 with which instances answer on port 443. */
  readonly instanceCertificate: Buffer;
}

/** One listening socket: where it is wanted, and what it answers with. */
interface Wanted {
  readonly key: string;
  readonly host: string;
  readonly port: number;
  readonly graceful: boolean;
  /** Of an instance's server. */
  readonly health?: () => InstanceHealth | undefined;
  /** PKCS#12 of a balancer's listener that ends TLS. */
  readonly pkcs12?: Buffer;
  /** Of a machine that really boots: a new connection to it. What it answers may change at any time. */
  readonly connect?: () => Promise<Socket>;
  readonly create: () => Server | MachineDoor;
}

/** A running server, and whether it ends as a machine that is switched off or as a balancer that hands over. */
interface Running {
  readonly server: Server | MachineDoor;
  /** Number of this start. */
  readonly serial: number;
  wanted: Wanted;
}

/** The cloud's traffic: servers of instances and balancers appear and disappear as the model changes. */
export class Traffic implements TrafficView {
  readonly #model: TrafficModel;
  readonly #options: TrafficOptions;
  readonly #counters = new TrafficCounters();
  readonly #servers = new Map<string, Running>();
  /** `host:port` -> the server that listens there. */
  readonly #listening = new Map<string, Running>();
  #starts = 0;
  readonly #monitors = new Map<string, MemberMonitor>();
  readonly #connections = new DatabaseConnections();
  readonly #unbound = new Map<string, UnboundAddress>();
  #instances = new Map<string, InstanceModel>();
  #listeners = new Map<string, ListenerModel>();
  #pools = new Map<string, WatchedPool>();
  #wanted: ReadonlyMap<string, Wanted> = new Map();
  #reconciling: Promise<void> = Promise.resolve();
  #asked = false;
  #closed = false;

  constructor(model: TrafficModel, options: TrafficOptions) {
    this.#model = model;
    this.#options = options;
  }

  /**
   * Takes the model over. Members and weights count from here on; servers follow, and the promise tells when they have: calls
   * meanwhile are answered by one more run.
   */
  refresh(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const instances = this.#model.instances();
    const balancers = this.#model.balancers();
    this.#instances = new Map(instances.map((instance) => [instance.id, instance]));
    this.#listeners = new Map(balancers.flatMap((balancer) => balancer.listeners.map((entry) => [entry.id, entry])));
    this.#watchPools(balancers);
    this.#wanted = new Map(
      [
        ...instances.flatMap((entry) => this.#ofInstance(entry)),
        ...balancers.flatMap((entry) => this.#ofBalancer(entry)),
      ].map((entry) => [entry.key, entry]),
    );
    if (!this.#asked) {
      this.#asked = true;
      this.#reconciling = this.#reconciling.then(() => {
        this.#asked = false;
        return this.#reconcile();
      });
    }
    return this.#reconciling;
  }

  /** Status that the monitor found for a member; undefined for an unknown member. */
  memberStatus(poolId: string, member: Pick<MemberModel, "id" | "weight">): MemberStatus | undefined {
    return this.#monitors.get(poolId)?.status(member);
  }

  activeConnections(memberId: string): number {
    return this.#counters.active(memberId);
  }

  /** Statistics of one load balancer, over all its listeners. */
  balancerFigures(balancerId: string): BalancerFigures {
    return this.#counters.ofBalancer(balancerId);
  }

  figures(): TrafficFigures {
    return this.#counters.read(
      this.unboundAddresses().map(({ address, owner, error }) => `${address} (${owner}): ${error}`),
    );
  }

  /** Another process holds them, or the system refuses them; tried again at every change of the cloud. */
  unboundAddresses(): readonly UnboundAddress[] {
    return [...this.#unbound.values()];
  }

  resetFigures(): void {
    this.#counters.reset();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#reconciling;
    for (const monitor of this.#monitors.values()) monitor.close();
    await Promise.all([...this.#servers.values()].map(({ server }) => stop(server, false)));
    this.#servers.clear();
  }

  async #reconcile(): Promise<void> {
    if (this.#closed) return;
    const wanted = this.#wanted;
    const before = this.#starts;
    const leaving = [...this.#servers].filter(([key]) => !wanted.has(key));
    await Promise.all(
      leaving.map(async ([key, running]) => {
        this.#servers.delete(key);
        this.#listening.delete(placeOf(running.wanted));
        await stop(running.server, running.wanted.graceful);
      }),
    );
    this.#unbound.clear();
    await Promise.all([...wanted.values()].map((entry) => this.#start(entry)));
    if (leaving.length === 0 && this.#starts === before) return;
    for (const pool of this.#pools.values()) this.#monitors.get(pool.id)?.update(pool);
  }

  #watchPools(balancers: readonly BalancerModel[]): void {
    const pools = balancers.flatMap((balancer) => balancer.pools.map((pool) => this.#ownMembers(pool)));
    this.#pools = new Map(pools.map((pool) => [pool.id, pool]));
    for (const [id, monitor] of this.#monitors) {
      if (this.#pools.has(id)) continue;
      monitor.close();
      this.#monitors.delete(id);
    }
    for (const pool of this.#pools.values()) {
      const known = this.#monitors.get(pool.id);
      if (known === undefined) this.#monitors.set(pool.id, new MemberMonitor(pool, this.#options));
      else known.update(pool);
    }
  }

  /** Only servers of this cloud count: another one on this machine may hold the same address. */
  #ownMembers(pool: PoolModel): WatchedPool {
    return {
      ...pool,
      members: pool.members.map((member) => {
        const address = loopback(member.address, member.port, this.#options.portOffset);
        const place = placeOf(address);
        const reachable = () => this.#listening.has(place) && member.reachable();
        const state = () => {
          const { serial, wanted } = this.#listening.get(place) ?? {};
          const serves = reachable() && wanted?.health?.()?.healthy !== false;
          return { version: wanted?.connect !== undefined ? host().randomUUID() : `${serial} ${serves}`, serves };
        };
        // The door of a machine accepts before the machine does: a request must wait for the machine itself.
        const connect = () => this.#listening.get(place)?.wanted.connect?.() ?? dial(address);
        return { ...member, reachable, connect, state };
      }),
    };
  }

  #ofInstance(instance: InstanceModel): Wanted[] {
    const { connect } = instance;
    return instance.addresses.flatMap((address) =>
      instance.ports.map((port) => ({
        ...loopback(address, port, this.#options.portOffset),
        graceful: false,
        key: `instance ${instance.id} ${address}:${port}`,
        health: () => this.#instances.get(instance.id)?.health(),
        ...(connect === undefined ? {} : { connect: () => connect(port) }),
        create: () => this.#serverOf(instance, port),
      })),
    );
  }

  #serverOf({ id, connect }: InstanceModel, port: number): Server | MachineDoor {
    return connect === undefined
      ? createInstanceServer(
          () => this.#instances.get(id),
          port === 443 ? this.#options.instanceCertificate : undefined,
          this.#connections,
        )
      : new MachineDoor(() => connect(port));
  }

  #ofBalancer(balancer: BalancerModel): Wanted[] {
    return balancer.addresses.flatMap((address) =>
      balancer.listeners.map((listener) => ({
        ...loopback(address, listener.port, this.#options.portOffset),
        graceful: true,
        key: `listener ${listener.id} ${address}:${listener.port}`,
        ...(listener.pkcs12 === undefined ? {} : { pkcs12: listener.pkcs12 }),
        create: () =>
          createBalancerServer(
            {
              balancerId: balancer.id,
              portOffset: this.#options.portOffset,
              counters: this.#counters,
              listener: () => this.#listeners.get(listener.id),
              pool: (id) => this.#poolWithMonitor(id),
            },
            listener.pkcs12,
          ),
      })),
    );
  }

  #poolWithMonitor(id: string): { pool: WatchedPool; monitor: MemberMonitor } | undefined {
    const pool = this.#pools.get(id);
    const monitor = this.#monitors.get(id);
    return pool === undefined || monitor === undefined ? undefined : { pool, monitor };
  }

  /** An address that another process holds is a problem to show, not a reason for the cloud to end. */
  async #start(wanted: Wanted): Promise<void> {
    const known = this.#servers.get(wanted.key);
    if (known !== undefined) {
      renewCertificate(known, wanted);
      return;
    }
    try {
      const server = wanted.create();
      await listen(server, wanted.host, wanted.port);
      this.#starts += 1;
      const running = { server, serial: this.#starts, wanted };
      this.#servers.set(wanted.key, running);
      this.#listening.set(placeOf(wanted), running);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#unbound.set(wanted.key, { address: placeOf(wanted), owner: wanted.key, error: code ?? message });
    }
  }
}

/**
 * New connections get the new certificate, open ones keep theirs, and the socket listens all the time: Octavia reloads HAProxy, which hands its
 * listening sockets to the new process in master-worker mode. Source: HAProxy 2.6 configuration manual, `expose-fd listeners`.
 */
function renewCertificate(running: Running, { pkcs12 }: Wanted): void {
  if (pkcs12 === undefined || running.wanted.pkcs12?.equals(pkcs12) === true) return;
  if (running.server instanceof TlsServer) running.server.setSecureContext({ pfx: pkcs12, passphrase: "" });
  running.wanted = { ...running.wanted, pkcs12 };
}

async function dial(address: ReturnType<typeof loopback>): Promise<Socket> {
  const socket = createConnection({ ...address, noDelay: true });
  await once(socket, "connect");
  return socket;
}

function placeOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host}:${port}`;
}

function listen(server: Server | MachineDoor, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host, port }, () => {
    server.off("error", reject);
    resolve();
  });
  return promise;
}

/**
 * Stops listening at once. What is open is cut, as by a machine that is switched off; a balancer lets it end, as HAProxy does
 * when it is reloaded.
 */
function stop(server: Server | MachineDoor, graceful: boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  if (graceful) {
    server.closeIdleConnections();
    resolve();
  } else {
    server.closeAllConnections();
  }
  return promise;
}
