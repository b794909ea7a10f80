import type {
  CloudClients,
  CloudMatch,
  MemberView,
  OperatingStatus,
  Quota,
  QuotaResource,
  ServerView,
  StoredObject,
} from "../../src/clouds/clients.ts";
import { CloudCallError } from "../../src/clouds/http/call.ts";
import { withoutServices } from "../../src/clouds/without-services.ts";
import { ExitCode, LorError } from "../../src/core/errors.ts";

interface FakeServer {
  id: string;
  name: string;
  state: ServerView["state"];
  flavor: string;
  /** Flavor before an unconfirmed resize. */
  before: string | undefined;
  fault: string | undefined;
}

interface FakeMember {
  name: string;
  address: string;
  weight: number;
  /** Undefined: the cloud does not count them. */
  connections: number | undefined;
}

/** When something happens in the fake cloud, and what goes wrong with it. */
export interface Trouble {
  /** Such as `resize ps-0`, `drain ps-1`, `create openstack:compute/instance:Instance ps-2`. */
  readonly at: string;
  readonly effect: /** Refused; nothing changed. */
    | "fail"
    /** Done, but the answer is an error. */
    | "drop-after-accept"
    /** The process dies before it is done, or after. */
    | "die-before"
    | "die-after"
    /** A resize that dies in the middle. */
    | "die-in-resize"
    /** A resize that Nova cannot schedule. */
    | "error-state"
    /** Done, and the guest does not come up again. */
    | "sick-after";
}

/**
 * Servers, pool members and a load balancer in memory. It watches its own rule: how many healthy members served at every moment. A killed process is a
 * call that never returns.
 */
export class FakeWorld {
  readonly servers = new Map<string, FakeServer>();
  readonly members = new Map<string, FakeMember>();
  /** Everything that exists, by `type name`; the fake engine's creations. */
  readonly existing = new Map<string, string>();
  readonly sick = new Set<string>();
  /** What happened, in order. */
  readonly journal: string[] = [];
  readonly troubles: Trouble[] = [];
  /** In the bucket of the copies, by key. */
  readonly objects = new Map<string, StoredObject>();
  /** What the load balancer counts. */
  readonly visitors = { openConnections: 0, connections: 0, connectionsPerLook: 0 };
  /** Of both databases and of each system disk; the servers were created when the first backup could have been made. */
  readonly backups = {
    now: new Date("2026-11-23T00:00:00Z"),
    since: new Date("2026-11-23T00:00:00Z"),
    newest: undefined as Date | undefined,
  };
  /** What the region offers, and how much of each resource is left; a resource that is not named has no limit. */
  readonly supply = {
    flavors: ["b2-7-flex", "b2-15-flex"].map((name) => ({ name, cores: 2, memoryMegabytes: 7000, diskGigabytes: 50 })),
    left: {} as Partial<Record<QuotaResource, number>>,
    members: "told" as "told" | "unknown",
    /** The cloud does not answer this user. */
    refuses: false,
  };
  loadBalancer: { id: string; provisioningStatus: string } | undefined;
  loadBalancerFlavor: string | undefined;
  /** Fewest healthy serving members since `watch`. */
  fewest = Number.POSITIVE_INFINITY;
  /** How many processes died so far. */
  deaths = 0;
  #crashed: (() => void) | undefined;
  #ids = 0;

  readonly clients: CloudClients = {
    zones: withoutServices().zones,
    keyManager: withoutServices().keyManager,
    compute: {
      findServers: async (prefix) =>
        [...this.servers.values()].filter((one) => one.name.startsWith(prefix)).map((one) => this.#serverView(one)),
      confirmResize: async (id) => {
        const server = this.#server(id);
        server.state = "active";
        server.before = undefined;
        this.note(`confirm ${shortName(server.name)}`);
      },
      revertResize: async (id) => {
        const server = this.#server(id);
        server.state = "active";
        server.flavor = server.before ?? server.flavor;
        server.before = undefined;
        this.note(`revert ${shortName(server.name)}`);
      },
      resetState: async (id) => {
        const server = this.#server(id);
        server.state = "active";
        server.fault = undefined;
        this.note(`reset ${shortName(server.name)}`);
      },
      deleteServer: async (id) => {
        const server = this.#server(id);
        this.servers.delete(server.name);
        this.note(`delete ${shortName(server.name)}`);
      },
    },
    loadBalancer: {
      find: async () => this.loadBalancer,
      traffic: async () => {
        const { openConnections, connectionsPerLook } = this.visitors;
        this.visitors.connections += connectionsPerLook;
        return { connections: this.visitors.connections, openConnections, requestErrors: 0 };
      },
      members: async () => [...this.members.values()].map((one) => this.#memberView(one)),
      setWeight: async (member, weight) => {
        const event = `${weight === 0 ? "drain" : "readmit"} ${shortName(member.name)}`;
        const weigh = () => {
          const found = this.members.get(member.name);
          if (found === undefined) throw new Error(`no member ${member.name}`);
          found.weight = weight;
        };
        await this.happen(event, weigh).catch((cause) => {
          throw asCloudError(cause);
        });
      },
    },
    storage: {
      find: async (_, key) => this.objects.get(key),
      uploadUrl: async (_, key) => `https://storage.example/${key}?X-Amz-Signature=planted-signature`,
    },
    containers: {
      addressKey: async () => undefined,
      read: async () => undefined,
      list: async () => [],
    },
    backups: {
      now: async () => this.backups.now,
      ofDatabase: async () => this.backups,
      ofInstance: async () => this.backups,
    },
    supply: {
      flavors: async () => {
        if (this.supply.refuses) throw refused("GET", "/flavors/detail");
        return this.supply.flavors;
      },
      loadBalancerFlavors: async () => ["small", "medium", "large", "xl"],
      quotas: {
        Nova: async () => this.#quotas("instances", "cores", "memory"),
        Cinder: async () => this.#quotas("volumes", "volume-space"),
        Neutron: async () => this.#quotas("ports"),
        Octavia: async () => (this.supply.members === "unknown" ? [] : this.#quotas("members")),
      },
    },
    finder: {
      find: async (type, inputs): Promise<CloudMatch | undefined> => {
        const id = this.existing.get(`${type} ${String(inputs.name)}`);
        return id === undefined ? undefined : { id };
      },
      discard: async () => undefined,
      writeOnlyInputs: () => [],
      importOnlyInputs: () => [],
      isChosen: () => true,
      shown: async () => ({}),
      isImportable: () => true,
      failsWhenGone: () => false,
      isReplacedFirst: () => false,
    },
  };

  newId(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }

  /** Resolves when the fake process dies. */
  untilCrash(): Promise<"crashed"> {
    return new Promise((resolve) => {
      this.#crashed = () => resolve("crashed");
    });
  }

  /** Starts to watch the serving capacity anew. */
  watch(): void {
    this.fewest = this.serving();
    this.journal.length = 0;
  }

  serving(): number {
    return [...this.members.values()].filter((one) => one.weight > 0 && this.#passes(one.name)).length;
  }

  note(event: string): void {
    this.journal.push(event);
    this.fewest = Math.min(this.fewest, this.serving());
  }

  /** Does something, or what was ordered to go wrong with it. */
  async happen(event: string, work: () => void): Promise<void> {
    const index = this.troubles.findIndex((one) => one.at === event);
    const trouble = index === -1 ? undefined : this.troubles.splice(index, 1)[0];
    const name = event.split(" ").at(-1) ?? "";
    switch (trouble?.effect) {
      case "fail":
        throw new Error(`${event}: refused`);
      case "die-before":
        return await this.#die();
      case "error-state": {
        const server = this.#byFront(name);
        server.state = "failed";
        server.fault = "No valid host was found";
        this.note(`failed ${event}`);
        throw new Error(`${event}: No valid host was found`);
      }
      case "die-in-resize": {
        const server = this.#byFront(name);
        const before = server.flavor;
        work();
        server.before = before;
        server.state = "awaiting-confirmation";
        this.note(event);
        return await this.#die();
      }
    }
    work();
    if (trouble?.effect === "sick-after") this.sick.add(name);
    this.note(event);
    if (trouble?.effect === "drop-after-accept") throw new Error(`${event}: connection lost`);
    if (trouble?.effect === "die-after") return await this.#die();
  }

  #die(): Promise<never> {
    this.deaths += 1;
    this.#crashed?.();
    return new Promise(() => undefined);
  }

  #quotas(...resources: readonly QuotaResource[]): readonly Quota[] {
    if (this.supply.refuses) throw refused("GET", "/limits");
    return resources.map((resource) => {
      const left = this.supply.left[resource];
      return { resource, limit: left === undefined ? undefined : 10 + left, used: 10 };
    });
  }

  #byFront(name: string): FakeServer {
    const server = [...this.servers.values()].find((one) => shortName(one.name) === name);
    if (server === undefined) throw new Error(`no server ${name}`);
    return server;
  }

  #server(id: string): FakeServer {
    const server = [...this.servers.values()].find((one) => one.id === id);
    if (server === undefined) throw new Error(`no server ${id}`);
    return server;
  }

  #passes(cloudName: string): boolean {
    const server = this.servers.get(cloudName);
    return server?.state === "active" && !this.sick.has(shortName(cloudName));
  }

  #serverView({ id, name, state, flavor, fault }: FakeServer): ServerView {
    return { id, name, state, flavor, address: undefined, fault, launched: true, createdAt: this.backups.since };
  }

  #memberView(member: FakeMember): MemberView {
    const healthy: OperatingStatus = member.weight > 0 ? "ONLINE" : "DRAINING";
    // Each look at a drained member finds one connection less.
    if (member.weight === 0 && (member.connections ?? 0) > 0) member.connections = (member.connections ?? 0) - 1;
    return {
      id: `member-${member.name}`,
      poolId: "pool",
      name: member.name,
      address: member.address,
      weight: member.weight,
      operatingStatus: this.#passes(member.name) ? healthy : "ERROR",
      provisioningStatus: "ACTIVE",
      activeConnections: member.connections,
    };
  }
}

/** A raw call fails with a coded error, as the real clients do. */
function asCloudError(cause: Error): LorError {
  const { message } = cause;
  return new LorError({ code: "cloud-failed", message, exit: ExitCode.failed, culprit: "cloud", cause });
}

function refused(method: "GET", path: string): CloudCallError {
  return new CloudCallError({ service: "Nova", method, url: `http://cloud.example${path}` }, 403, "not allowed");
}

/** `lor-prod-ps-0` -> `ps-0`. */
function shortName(cloudName: string): string {
  return /ps-\d+$/.exec(cloudName)?.[0] ?? cloudName;
}
