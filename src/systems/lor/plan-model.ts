import type { SystemPlan } from "../contract.ts";

/**
 * The complete design of Lor's infrastructure. Components, price, RPO, diagram and runbook are derived from it alone. Every cloud name in it is
 * deterministic (`<project>-<stack>-<part>`), so that a resource can be found by name.
 */
export interface LorPlan extends SystemPlan {
  readonly system: "lor";
  readonly region: RegionPlan;
  readonly administration: { readonly sshPublicKey: string; readonly email: string };
  readonly network: NetworkPlan;
  readonly loadBalancer: LoadBalancerPlan;
  readonly shop: ShopPlan;
  readonly odoo: OdooPlan;
  readonly mysql: DatabasePlan;
  readonly postgresql: DatabasePlan;
  readonly storage: StoragePlan;
  readonly backups: readonly InstanceBackupPlan[];
  readonly dns: DnsPlan;
  /** Relay of outgoing mail; absent: none. */
  readonly mail?: {
    readonly host: string;
    readonly port: number;
    readonly tls: "starttls" | "tls" | "none";
    readonly user?: string;
  };
  /** Absent: nobody logs in to a machine. */
  readonly access?: AccessPlan;
  /** Absent: journals stay on their machines. */
  readonly logs?: LogsPlan;
}

/** OVHcloud names regions differently for compute (`GRA11`), object storage and databases (`GRA`). */
interface RegionPlan {
  readonly compute: string;
  readonly storage: string;
  readonly database: string;
  /** Region of the off-site copies. */
  readonly offsite: string;
}

/** Parts that every stack has. */
export type BasePart = "loadBalancer" | "prestashop" | "mysql" | "odoo" | "postgresql";

export type Part = BasePart | "access";

export interface NetworkPlan {
  /** vRack service name, `pn-…`. */
  readonly vrack: string;
  /** Name of the cloud's public network. */
  readonly externalNetwork: string;
  /** One private network and one subnet for each part, in the order of the address plan. */
  readonly subnets: readonly SubnetPlan[];
  /** Inbound rules of the servers. */
  readonly firewalls: readonly FirewallPlan[];
}

export interface SubnetPlan {
  readonly part: Part;
  /** Cloud name of the network and of the subnet. */
  readonly cloudName: string;
  readonly cidr: string;
  /** VLAN id, 1-4094. */
  readonly vlan: number;
  /** `.254` of a /24: the last usable address. */
  readonly gateway: string;
  /** Automatic addresses start above the fixed ones. */
  readonly pool: { readonly start: string; readonly end: string };
}

/** Inbound rules of one part; everything else inbound is refused. Managed databases have restrictions of their own. */
export interface FirewallPlan {
  /** Pulumi name of the security group. */
  readonly part: string;
  readonly cloudName: string;
  readonly description: string;
  readonly rules: readonly FirewallRulePlan[];
}

interface FirewallRulePlan {
  /** Pulumi name of the rule. */
  readonly name: string;
  readonly description: string;
  /** TCP port. */
  readonly port: number;
  /** Networks that may connect, as CIDR. */
  readonly from: string;
}

interface LoadBalancerPlan {
  readonly cloudName: string;
  /** `ovh`: size changes in place; `openstack`: plain Octavia, size fixed at creation. */
  readonly driver: "ovh" | "openstack";
  /** Mbit/s. */
  readonly bandwidth: number;
  /** Flavor name: small, medium, large, xl. */
  readonly flavor: string;
  /** Wanted private address; honoured by the driver `openstack` only, OVHcloud gives its own. */
  readonly address: string;
  /** Health check path, answered without a Host header. */
  readonly healthPath: string;
  readonly timeouts: {
    readonly clientSeconds: number;
    readonly memberConnectSeconds: number;
    readonly memberDataSeconds: number;
  };
}

export interface MachinePlan {
  /** Pulumi name, such as `ps-0` or `odoo`. */
  readonly name: string;
  /** Cloud name, such as `lor-prod-ps-0`. */
  readonly cloudName: string;
  /** Size as named in the settings (`b2-7`). */
  readonly size: string;
  /** Cloud flavor whose resize is reversible (`b2-7-flex`). */
  readonly flavor: string;
  readonly image: string;
  /** Fixed private address. */
  readonly address: string;
}

export interface ServerPlan extends MachinePlan {
  /** Data volume. */
  readonly volume: { readonly cloudName: string; readonly gigabytes: number; readonly type: string };
}

interface ReleasePlan {
  readonly version: string;
  readonly url: string;
  /** Checksum of the archive, 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface ShopPlan {
  readonly domain: string;
  /** Most PHP children of a front; undefined: as many as its machine carries. */
  readonly phpChildren: number | undefined;
  readonly release: ReleasePlan;
  readonly fronts: readonly ServerPlan[];
  /** Fronts that exist in one profile or during a switch only; created first, removed last. */
  readonly extraFronts: readonly string[];
  /** Server group policy: `soft-anti-affinity`, except in a test. */
  readonly groupPolicy: "soft-anti-affinity" | "anti-affinity";
  /** Commands that run on exactly one front. */
  readonly tasks: readonly {
    readonly name: string;
    readonly everySeconds: number;
    readonly command: readonly string[];
  }[];
}

export interface OdooPlan {
  readonly domain: string;
  readonly release: ReleasePlan;
  readonly server: ServerPlan;
  /** Certificate authority of its HTTPS. Absent: Let's Encrypt, without an e-mail address. */
  readonly authority?: { readonly directory: string; readonly email: string };
  readonly filestore: {
    /** Interval of copies of the filestore and the database dump to object storage, in seconds. */
    readonly copyEverySeconds: number;
    /** A copy that takes longer is stopped and reported. */
    readonly copyTimeoutSeconds: number;
  };
  /** Networks that may open it, as CIDR; absent: anyone. */
  readonly allowFrom?: readonly string[];
  /** Debian package of wkhtmltopdf with patched Qt; absent: Debian's own. */
  readonly wkhtmltopdf?: { readonly url: string; readonly sha256: string };
}

export interface DatabasePlan {
  readonly engine: "mysql" | "postgresql";
  readonly cloudName: string;
  readonly version: string;
  readonly plan: string;
  readonly flavor: string;
  /** Number of nodes by plan: essential 1, business 2, enterprise 3. */
  readonly nodes: number;
  readonly diskGigabytes: number;
  /** UTC, `HH:MM:SS`. */
  readonly backupTime: string;
  /** Region of the database first, then the off-site one. */
  readonly backupRegions: readonly string[];
  /** Reach of a point-in-time restore, in days: essential 2, business 14, enterprise 30. */
  readonly retentionDays: number;
  /** Logical database and user, such as `prestashop`. */
  readonly database: string;
  readonly user: string;
  /** PostgreSQL only: whether the stack takes over the service's administrator; absent: no. */
  readonly adoptAdministrator?: true;
  /** Networks that may connect: the subnet of the servers that use it. */
  readonly allowedFrom: readonly string[];
}

export interface StoragePlan {
  /** Shop images and other large files. */
  readonly images: BucketPlan;
  /** Copies of the images and of Odoo's filestore, in the off-site region. */
  readonly copies: BucketPlan;
  /** Copy of the images to `copies` by a timer on the fronts, besides the replication, which has no promised time limit. */
  readonly imagesCopy: { readonly copyEverySeconds: number; readonly copyTimeoutSeconds: number };
  /** Swift container of the guests' configuration documents. */
  readonly configuration: { readonly cloudName: string; readonly region: string };
}

interface BucketPlan {
  readonly cloudName: string;
  readonly region: string;
  /** Expected amount, for the price. */
  readonly gigabytes: number;
}

export interface DnsPlan {
  /** DNS zone at OVHcloud; undefined: the settings name none. */
  readonly zone: string | undefined;
  /** Whether the records that lie in the zone are created. */
  readonly manage: boolean;
  readonly records: readonly DnsRecordPlan[];
}

export interface DnsRecordPlan {
  /** Pulumi name, such as `dns-www-a`. */
  readonly name: string;
  /** Full name, such as `www.lor.example`. */
  readonly host: string;
  /** Name below the zone, empty for the zone itself; undefined: it lies in another zone. */
  readonly subDomain: string | undefined;
  readonly type: string;
  /** A value, or the public address of a part. */
  readonly target: { readonly value: string } | { readonly addressOf: "loadBalancer" | "odoo" };
}

export interface InstanceBackupPlan {
  /** Pulumi name of the server, such as `odoo`. */
  readonly server: string;
  readonly cloudName: string;
  /** Five fields, UTC. */
  readonly cron: string;
  /** Copies kept. */
  readonly keep: number;
}

/** Logging in to machines, through a bastion. */
export interface AccessPlan {
  readonly administrators: readonly AdministratorPlan[];
  /** Networks from which the bastion accepts connections, as CIDR. */
  readonly allowFrom: readonly string[];
  readonly bastion: MachinePlan;
  /** Whether administrators get a shell on the bastion itself. */
  readonly shell: boolean;
  /** Machines that the bastion forwards to: every one in any profile. */
  readonly machines: readonly { readonly name: string; readonly cloudName: string; readonly address: string }[];
}

interface AdministratorPlan {
  readonly name: string;
  /** One line of an OpenSSH public key file, without its comment. */
  readonly key: string;
}

/** Journals of the machines, sent elsewhere. */
interface LogsPlan {
  /** Address of a log server. Absent: the container of the configuration. */
  readonly server?: string;
  /** Age at which a piece in the container is deleted, in seconds. */
  readonly keepSeconds: number;
}
