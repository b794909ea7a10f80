import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../../core/errors.ts";
import type { LocalCloud } from "../../local-cloud.ts";
import type { DatabaseView } from "../../ovhcloud/databases/types.ts";
import type { CertificateAuthority } from "./certificate-authority.ts";
import type { WantedDatabase } from "./database-engine.ts";
import { admitClients } from "./database-firewall.ts";
import { DatabaseServer } from "./database-server.ts";
import type { MachineNetwork } from "./machine-network.ts";

export interface DatabaseServersArgs {
  readonly cloud: LocalCloud;
  readonly network: MachineNetwork;
  readonly authority: CertificateAuthority;
  readonly folder: string;
}

/** A real server for each managed database on a private network, at its address; they follow the models. */
export class DatabaseServers {
  readonly #args: DatabaseServersArgs;
  readonly #servers = new Map<string, DatabaseServer>();
  readonly #addresses = new Map<string, string>();
  /** Why a server is not as it should be, by id of its database. */
  readonly problems = new Map<string, string>();
  readonly #stopFollowing: () => void;
  #work: Promise<void> = Promise.resolve();
  #waiting = false;
  /** What the servers were last made to be; empty: look again. */
  #followed = "";
  #closed = false;

  constructor(args: DatabaseServersArgs) {
    this.#args = args;
    mkdirSync(args.folder, { recursive: true });
    chmodSync(args.folder, 0o711);
    this.#stopFollowing = args.cloud.onChange(() => void this.refresh());
  }

  /** Resolves when all servers are as the models were at the time of the call; `problems` names those that are not. */
  refresh(): Promise<void> {
    if (!this.#waiting) {
      this.#waiting = true;
      this.#work = this.#work.then(() => {
        this.#waiting = false;
        return this.#closed ? undefined : this.#follow();
      });
    }
    return this.#work;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopFollowing();
    await this.#work;
    await Promise.all([...this.#servers.values()].map((server) => server.stop()));
  }

  async #follow(): Promise<void> {
    const { cloud, network } = this.#args;
    const wanted = wantedDatabases(cloud);
    const served = new Set(wanted.map(({ id }) => id));
    // Of a lost region, too: what cannot be reached is not deleted.
    const existing = new Set(cloud.store.list("database").map(({ id }) => id));
    const state = JSON.stringify([wanted, [...existing]]);
    // Most changes of the cloud concern no database.
    if (state === this.#followed && this.problems.size === 0) return;
    this.#followed = state;
    for (const [id, server] of this.#servers) {
      if (served.has(id)) continue;
      await (existing.has(id) ? server.stop() : server.destroy());
      this.#servers.delete(id);
      await network.disown(this.#addresses.get(id) ?? "");
      this.#addresses.delete(id);
      this.problems.delete(id);
    }
    this.#forgetOldData(existing);
    await admitClients(network, wanted).catch((error: unknown) => this.#report(wanted, error));
    for (const database of wanted) await this.#serve(database);
  }

  async #serve(wanted: WantedDatabase): Promise<void> {
    try {
      await this.#args.network.own(wanted.address);
      this.#addresses.set(wanted.id, wanted.address);
      const server = this.#servers.get(wanted.id) ?? this.#create(wanted);
      this.#servers.set(wanted.id, server);
      await server.become(wanted);
      this.problems.delete(wanted.id);
    } catch (error) {
      this.#report([wanted], error);
    }
  }

  #create(wanted: WantedDatabase): DatabaseServer {
    const { network, authority, folder } = this.#args;
    const onEnd = () => {
      this.#followed = "";
      void this.refresh();
    };
    return new DatabaseServer(wanted, { network, authority, folder: join(folder, wanted.id), onEnd });
  }

  /** Data of databases that were deleted while no server ran. */
  #forgetOldData(ids: ReadonlySet<string>): void {
    for (const id of readdirSync(this.#args.folder)) {
      if (!ids.has(id)) rmSync(join(this.#args.folder, id), { recursive: true, force: true });
    }
  }

  #report(databases: readonly WantedDatabase[], error: unknown): void {
    const problem = messageOf(error);
    for (const { id, domain } of databases) {
      if (this.problems.get(id) !== problem) console.error(`database ${domain}: ${problem}`);
      this.problems.set(id, problem);
    }
  }
}

/** Databases whose servers run now: a service that is being changed goes on answering. */
function wantedDatabases(cloud: LocalCloud): readonly WantedDatabase[] {
  return cloud.ovhDatabases.list().flatMap((database) => {
    const endpoint = database.endpoints[0];
    const serves = database.status === "READY" || database.status === "UPDATING";
    return !serves || database.privateAddress === undefined || endpoint === undefined
      ? []
      : [wantedDatabase(cloud, database, database.privateAddress, endpoint)];
  });
}

function wantedDatabase(
  cloud: LocalCloud,
  database: DatabaseView,
  address: string,
  { domain, port }: { readonly domain: string; readonly port: number },
): WantedDatabase {
  const { id, engine, ipRestrictions, advancedConfiguration, maxConnections } = database;
  return {
    id,
    engine,
    domain,
    address,
    port,
    connections: maxConnections,
    allowedFrom: ipRestrictions.map(({ ip }) => ip),
    users: cloud.ovhDatabases.logins(id),
    databases: cloud.ovhDatabases.listLogicalDatabases(id).map(({ name }) => name),
    advanced: advancedConfiguration,
  };
}
