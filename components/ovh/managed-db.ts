import * as ovh from "@ovhcloud/pulumi-ovh";
import { type ComponentResourceOptions, type Output, output } from "@pulumi/pulumi";
import { ExitCode, LorError } from "../../src/core/errors.ts";
import { databaseAdministrator } from "../../src/domain/database-administrator.ts";
import { Component, type DataProtection, dataHolder } from "../base/component.ts";
import type { Transform } from "../base/transform.ts";
import type { NetworkPart } from "../openstack/network-part.ts";

/** Adjustments of the resources that a `ManagedDb` creates. */
export interface ManagedDbTransforms {
  readonly service?: Transform<ovh.cloudproject.DatabaseArgs>;
  readonly mysqlUser?: Transform<ovh.cloudprojectdatabase.UserArgs>;
  readonly postgresqlUser?: Transform<ovh.cloudprojectdatabase.PostgresSqlUserArgs>;
  readonly postgresqlAdministrator?: Transform<ovh.cloudprojectdatabase.PostgresSqlUserArgs>;
  readonly database?: Transform<ovh.cloudprojectdatabase.DatabaseInstanceArgs>;
}

export interface ManagedDbArgs extends DataProtection {
  readonly engine: "mysql" | "postgresql";
  /** Shown in the cloud's console: a managed database has a description and no name. */
  readonly cloudName: string;
  /** Engine version, such as `8` or `16`. */
  readonly version: string;
  /** `essential`, `business`, `enterprise`, or `production`, `advanced`. */
  readonly plan: string;
  /** Size, such as `db1-4`. */
  readonly flavor: string;
  /** Number of nodes, fixed by the plan: another number is never sent by the provider. */
  readonly nodes: number;
  /** GB; can only grow. */
  readonly diskGigabytes: number;
  /** Time of the daily backup, UTC, `HH:MM:SS`. */
  readonly backupTime: string;
  /** Two at most, the database's own region first. */
  readonly backupRegions: readonly string[];
  /** Database region, such as `GRA`. */
  readonly region: string;
  readonly place: NetworkPart;
  /** Networks that may connect, as CIDR; nothing else reaches it. At least one: an empty list is never sent. */
  readonly allowedFrom: readonly string[];
  /** Logical database. */
  readonly database: string;
  readonly user: string;
  /**
   * PostgreSQL only: takes over the service's own administrator. **Its password is reset once**, so whoever used the old one is locked out.
   * Default: false.
   */
  readonly adoptAdministrator?: boolean;
  readonly transform?: ManagedDbTransforms;
}

/** Resources that a `ManagedDb` creates. */
export interface ManagedDbNodes {
  readonly service: ovh.cloudproject.Database;
  readonly user: ovh.cloudprojectdatabase.User | ovh.cloudprojectdatabase.PostgresSqlUser;
  readonly database: ovh.cloudprojectdatabase.DatabaseInstance;
  /** Only with `adoptAdministrator`. */
  readonly administrator: ovh.cloudprojectdatabase.PostgresSqlUser | undefined;
}

/**
 * A managed database in its own subnet, with one user and one logical database. Holds data: the service and the logical database are protected, the service also by
 * OVHcloud's deletion protection. Its own backups are the cloud's (daily, and continuous for a point-in-time restore).
 *
 * It waits for its subnet's router interface: without a gateway nothing of another subnet reaches it. Plan, flavor, disk, version and
 * restrictions change in place; engine and a node's region or network replace.
 * Source: ovh/terraform-provider-ovh resource_cloud_project_database.go.
 *
 * @example
 * ```ts
 * import { ManagedDb, type VRack } from "lor-infra/components";
 *
 * export const createDatabase = (network: VRack) =>
 *   new ManagedDb("mysql", {
 *     engine: "mysql",
 *     cloudName: "shop-prod-mysql",
 *     version: "8",
 *     plan: "essential",
 *     flavor: "db1-4",
 *     nodes: 1,
 *     diskGigabytes: 80,
 *     backupTime: "03:00:00",
 *     backupRegions: ["GRA", "SBG"],
 *     region: "GRA",
 *     place: network.part("mysql"),
 *     allowedFrom: ["10.10.1.0/24"],
 *     database: "prestashop",
 *     user: "prestashop",
 *   });
 * ```
 */
export class ManagedDb extends Component {
  /** Name to connect to; the address behind it may change. */
  readonly host: Output<string>;
  readonly port: Output<number>;
  readonly databaseName: string;
  readonly userName: Output<string>;
  /** Secret. */
  readonly password: Output<string>;
  /** The service's own administrator, who grants what other users lack. Only with `adoptAdministrator`. Secret. */
  readonly administrator: Output<{ readonly user: string; readonly password: string }> | undefined;
  readonly #nodes: ManagedDbNodes;

  constructor(name: string, args: ManagedDbArgs, options?: ComponentResourceOptions) {
    super("ovh", "ManagedDb", name, options);

    const service = this.#createService(name, args);
    const user = this.#createUser(name, args, service);
    const database = this.#createDatabase(name, args, service);
    const administrator =
      args.engine === "postgresql" && args.adoptAdministrator === true
        ? this.#adoptAdministrator(name, args, service)
        : undefined;

    const endpoint = service.endpoints.apply((endpoints) => {
      const found = endpoints.find((candidate) => candidate.component === args.engine) ?? endpoints[0];
      if (found !== undefined) return found;
      throw new LorError({
        code: "database-without-endpoint",
        message: `the cloud gives no address for the database ${args.cloudName}`,
        exit: ExitCode.failed,
        culprit: "cloud",
        next: "lor-infra up",
      });
    });
    this.host = endpoint.domain;
    this.port = endpoint.port;
    this.databaseName = args.database;
    this.userName = user.name;
    this.password = user.password;
    this.administrator = administrator && output({ user: administrator.name, password: administrator.password });
    this.#nodes = { service, user, database, administrator };
    this.registerOutputs({ host: this.host, port: this.port });
  }

  /** The resources themselves, for what this component has no argument for. */
  get nodes(): ManagedDbNodes {
    return this.#nodes;
  }

  #createService(name: string, args: ManagedDbArgs): ovh.cloudproject.Database {
    return new ovh.cloudproject.Database(
      ...this.child(
        name,
        {
          engine: args.engine,
          version: args.version,
          plan: args.plan,
          flavor: args.flavor,
          diskSize: args.diskGigabytes,
          description: args.cloudName,
          nodes: Array.from({ length: args.nodes }, () => ({
            region: args.region,
            networkId: args.place.network.id,
            subnetId: args.place.subnet.id,
          })),
          ipRestrictions: args.allowedFrom.map((ip) => ({ ip, description: args.cloudName })),
          backupTime: args.backupTime,
          backupRegions: [...args.backupRegions],
          deletionProtection: args.allowDataDeletion !== true,
        },
        args.transform?.service,
        dataHolder(args, { dependsOn: [args.place.routerInterface] }),
      ),
    );
  }

  #createUser(name: string, args: ManagedDbArgs, service: ovh.cloudproject.Database): ManagedDbNodes["user"] {
    const inputs = { clusterId: service.id, name: args.user };
    return args.engine === "mysql"
      ? new ovh.cloudprojectdatabase.User(
          ...this.child(name, { ...inputs, engine: args.engine }, args.transform?.mysqlUser),
        )
      : new ovh.cloudprojectdatabase.PostgresSqlUser(...this.child(name, inputs, args.transform?.postgresqlUser));
  }

  /** The provider finds the user that every service has, creates and deletes nothing, and tells a password only when it resets it. */
  #adoptAdministrator(
    name: string,
    args: ManagedDbArgs,
    service: ovh.cloudproject.Database,
  ): ovh.cloudprojectdatabase.PostgresSqlUser {
    return new ovh.cloudprojectdatabase.PostgresSqlUser(
      ...this.child(
        `${name}-administrator`,
        { clusterId: service.id, name: databaseAdministrator, passwordReset: "adopted" },
        args.transform?.postgresqlAdministrator,
      ),
    );
  }

  #createDatabase(
    name: string,
    args: ManagedDbArgs,
    service: ovh.cloudproject.Database,
  ): ovh.cloudprojectdatabase.DatabaseInstance {
    return new ovh.cloudprojectdatabase.DatabaseInstance(
      ...this.child(
        name,
        { clusterId: service.id, engine: args.engine, name: args.database },
        args.transform?.database,
        dataHolder(args),
      ),
    );
  }
}
