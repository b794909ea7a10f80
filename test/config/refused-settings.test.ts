import { describe, expect, test } from "vitest";
import { checkSettings } from "../../src/actions/check/check-settings.ts";
import { type Changes, committed, settingsFolder } from "./settings-folder.ts";

interface Refusal {
  readonly name: string;
  readonly changes: Changes;
  readonly code: string;
  readonly path: string;
  /** Default 2. */
  readonly exit?: number;
  /** What the message must name besides: the value seen, the values accepted, the reason. */
  readonly says: readonly string[];
}

/** Nine items that are nine of the line before, nine times over: 387 million items in the end. */
function aliasBomb(): string {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
  return names
    .map((name, index) => {
      const item = index === 0 ? "x" : `*${names[index - 1]}`;
      return `${name}: &${name} [${Array(9).fill(item).join(", ")}]\n`;
    })
    .join("");
}

const dumpTask = { name: "shop-dump", command: ["./dump.sh"], object: "before-normal/shop.sql.gz" };

const anna = { name: "anna", key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFubmFhbm5hYW5uYWFubmFhbm5hYW5uYWFubmFhbm5h" };
const access = {
  administrators: [anna],
  allowFrom: ["203.0.113.0/24"],
  subnet: { cidr: "10.10.5.0/24", vlan: 105 },
  bastion: { address: "10.10.5.10" },
};

const refusals: readonly Refusal[] = [
  {
    name: "an unknown key, with the name that was meant",
    changes: { shared: { "prestashop.adresses": [] } },
    code: "unknown-key",
    path: "prestashop.adresses",
    says: ["adresses", "did you mean addresses?"],
  },
  {
    name: "the former name of the hooks, with the present one",
    changes: { shared: { beforeNormal: { tasks: [dumpTask] } } },
    code: "unknown-key",
    path: "beforeNormal",
    says: ["beforeNormal is now called hooks.beforeScaleDown"],
  },
  {
    name: "the former name of a setting in its section, with the present one",
    changes: { shared: { "loadBalancer.shell": "ovh" } },
    code: "unknown-key",
    path: "loadBalancer.shell",
    says: ["loadBalancer.shell is now called loadBalancer.driver"],
  },
  {
    name: "a relay's user whose password would go in the clear",
    changes: { shared: { mail: { host: "smtp.lor.example", user: "shop", tls: "none" } } },
    code: "mail-invalid",
    path: "mail.tls",
    says: ["in the clear", "seen none", "starttls"],
  },
  {
    name: "a relay's user with a space",
    changes: { shared: { mail: { host: "smtp.lor.example", user: "the shop" } } },
    code: "mail-invalid",
    path: "mail.user",
    says: ["the shop", "without spaces"],
  },
  {
    name: "an unknown key deep down",
    changes: { shared: { "network.subnets.mysql.vlam": 1 } },
    code: "unknown-key",
    path: "network.subnets.mysql.vlam",
    says: ["did you mean vlan?"],
  },
  ...(
    [
      ["another service", "https://s3.gra.io.cloud.ovh.net/lor-state", "begins with https:"],
      ["no bucket", "s3:///shop?region=gra", "names no bucket"],
      ["no region", "s3://lor-state/shop", "has no region"],
      ["a parameter that says who", "s3://lor-state/shop?region=gra&profile=anne", "has the parameter profile"],
      [
        "an endpoint without its scheme",
        "s3://lor-state?region=gra&endpoint=s3.example",
        "has an endpoint that is not a URL",
      ],
      ["a way out of the prefix", "s3://lor-state/a%2f..%2fb?region=gra", "has a prefix that is not a path"],
      ["a style that is neither", "s3://lor-state?region=gra&s3ForcePathStyle=yes", "s3ForcePathStyle"],
      ["a folder of another machine", "file://atelier/shop", "names no folder of this machine"],
      ["a word", "bucket", "is no URL"],
    ] as const
  ).map(([name, backend, says]) => ({
    name: `a state backend with ${name}`,
    changes: { shared: { "state.backend": backend } },
    code: "state-backend-invalid",
    path: "state.backend",
    says: [says, "s3://bucket/prefix?region=…", "AWS_SECRET_ACCESS_KEY"],
  })),
  ...(
    [
      ["in front of the bucket", "s3://anne:Zq8planted@lor-state/shop?region=gra"],
      ["among the parameters", "s3://lor-state/shop?region=gra&secret_access_key=Zq8planted"],
    ] as const
  ).map(([name, backend]) => ({
    name: `a key to the state backend ${name}`,
    changes: { shared: { "state.backend": backend } },
    code: "secret-in-settings",
    path: "state.backend",
    says: ["git"],
  })),
  ...[0, 2, 1.5, "0%", "100%", "80 %", "-5%", "many"].map((value) => ({
    name: `a minimum of healthy fronts of ${value}`,
    changes: { shared: { "rolling.minHealthy": value } },
    code: "min-healthy-invalid",
    path: "rolling.minHealthy",
    says: [String(value), "1% to 99%"],
  })),
  {
    name: "an unknown section",
    changes: { shared: { monitoring: { level: 3 } } },
    code: "unknown-key",
    path: "monitoring",
    says: ["monitoring"],
  },
  {
    name: "a setting of another provider in a profile file",
    changes: { files: { "Pulumi.rush.yaml": `${committed("Pulumi.rush.yaml")}  openstack:region: SBG5\n` } },
    code: "key-not-in-profile",
    path: "openstack:region",
    says: ["Pulumi.rush.yaml"],
  },
  {
    name: "a shared setting in a profile file",
    changes: { rush: { "odoo.flavor": "b2-30" } },
    code: "key-not-in-profile",
    path: "odoo.flavor",
    says: ["Pulumi.rush.yaml", "Pulumi.yaml", "prestashop.frontsFlavor"],
  },
  {
    name: "a mistyped key in a profile file",
    changes: { normal: { "prestashop.front": 2 } },
    code: "key-not-in-profile",
    path: "prestashop.front",
    says: ["did you mean prestashop.fronts?"],
  },
  {
    name: "a missing setting",
    changes: { shared: { "odoo.address": undefined } },
    code: "setting-missing",
    path: "odoo.address",
    says: ["is missing", "10.10.1.10"],
  },
  {
    name: "a missing section",
    changes: { files: { "Pulumi.yaml": committed("Pulumi.yaml").replace(/ {2}backups:[\s\S]*$/, "") } },
    code: "setting-missing",
    path: "backups",
    says: ["is missing"],
  },
  {
    name: "a text where a number belongs",
    changes: { rush: { "prestashop.fronts": "three" } },
    code: "setting-type",
    path: "prestashop.fronts",
    says: ["three", "a whole number from 1 to 100", "Pulumi.rush.yaml"],
  },
  {
    name: "a number where a text belongs",
    changes: { shared: { "mysql.version": 8 } },
    code: "setting-type",
    path: "mysql.version",
    says: ["is a number and must be a text in quotes", "seen 8;"],
  },
  {
    name: "a number without end",
    changes: { shared: { "storage.size": Number.POSITIVE_INFINITY } },
    code: "setting-type",
    path: "storage.size",
    says: ["seen Infinity;"],
  },
  {
    name: "half a front",
    changes: { rush: { "prestashop.fronts": 2.5 } },
    code: "fronts-invalid",
    path: "prestashop.fronts",
    says: ["2.5"],
  },
  {
    name: "a task of the way back as a line for a shell",
    changes: { shared: { hooks: { beforeScaleDown: { tasks: [{ ...dumpTask, command: "./dump.sh | gzip" }] } } } },
    code: "setting-type",
    path: "hooks.beforeScaleDown.tasks.0.command",
    says: ["./dump.sh | gzip", "[sh, -c,"],
  },
  {
    name: "a task of the way back without a program",
    changes: { shared: { hooks: { beforeScaleDown: { tasks: [{ ...dumpTask, command: [" "] }] } } } },
    code: "task-command-invalid",
    path: "hooks.beforeScaleDown.tasks.0.command",
    says: ["names no program"],
  },
  {
    name: "a task of the way back that leaves an object outside its place",
    changes: { shared: { hooks: { beforeScaleDown: { tasks: [{ ...dumpTask, object: "/etc/passwd" }] } } } },
    code: "task-object-invalid",
    path: "hooks.beforeScaleDown.tasks.0.object",
    says: ["/etc/passwd"],
  },
  {
    name: "a task of the way back with a name for people",
    changes: { shared: { hooks: { beforeScaleDown: { tasks: [{ ...dumpTask, name: "Dump of the shop" }] } } } },
    code: "task-name-invalid",
    path: "hooks.beforeScaleDown.tasks.0.name",
    says: ["Dump of the shop"],
  },
  {
    name: "a task of the way back that may take for ever",
    changes: { shared: { hooks: { beforeScaleDown: { tasks: [{ ...dumpTask, timeLimit: "P2D" }] } } } },
    code: "duration-too-long",
    path: "hooks.beforeScaleDown.tasks.0.timeLimit",
    says: ["P2D"],
  },
  {
    name: "two tasks of the way back that leave the same object",
    changes: { shared: { hooks: { beforeScaleDown: { tasks: [dumpTask, { ...dumpTask, name: "orders" }] } } } },
    code: "task-duplicate",
    path: "hooks.beforeScaleDown.tasks.1.object",
    says: ["before-normal/shop.sql.gz", "hooks.beforeScaleDown.tasks.0"],
  },
  {
    name: "a password in a task's command",
    changes: {
      shared: {
        hooks: { beforeScaleDown: { tasks: [{ ...dumpTask, command: ["ftp://shop:hunter2@10.10.1.200/"] }] } },
      },
    },
    code: "secret-in-settings",
    path: "hooks.beforeScaleDown.tasks.0.command.0",
    says: ["looks like a secret"],
  },
  {
    name: "a way back with no visitor at all",
    changes: { shared: { hooks: { beforeScaleDown: { connections: 0 } } } },
    code: "connections-invalid",
    path: "hooks.beforeScaleDown.connections",
    says: ["0", "1 to 1000000"],
  },
  {
    name: "an address that is none",
    changes: { shared: { "odoo.address": "10.10.3.300" } },
    code: "address-invalid",
    path: "odoo.address",
    says: ["10.10.3.300"],
  },
  {
    name: "an address outside its subnet",
    changes: { shared: { "prestashop.addresses": ["10.10.1.10", "10.10.2.11", "10.10.1.12"] } },
    code: "address-outside-subnet",
    path: "prestashop.addresses.1",
    says: ["10.10.2.11", "10.10.1.0/24"],
  },
  {
    name: "two parts on one address",
    changes: { shared: { "prestashop.addresses": ["10.10.1.10", "10.10.1.10", "10.10.1.12"] } },
    code: "address-duplicate",
    path: "prestashop.addresses.1",
    says: ["10.10.1.10", "prestashop.addresses.0"],
  },
  {
    name: "the gateway's address",
    changes: { shared: { "odoo.address": "10.10.3.254" } },
    code: "address-is-gateway",
    path: "odoo.address",
    says: ["10.10.3.254", "10.10.3.100 to 10.10.3.250"],
  },
  {
    name: "an address of the automatic pool",
    changes: { shared: { "odoo.address": "10.10.3.100" } },
    code: "address-in-pool",
    path: "odoo.address",
    says: ["10.10.3.100", "10.10.3.250"],
  },
  {
    name: "the network's own address",
    changes: { shared: { "odoo.address": "10.10.3.0" } },
    code: "address-reserved",
    path: "odoo.address",
    says: ["10.10.3.0"],
  },
  {
    name: "a subnet of the bastion that is another part's",
    changes: { shared: { access: { ...access, subnet: { cidr: "10.10.3.0/24", vlan: 105 } } } },
    code: "subnets-overlap",
    path: "access.subnet.cidr",
    says: ["odoo", "10.10.3.0/24"],
  },
  {
    name: "a bastion in the subnet of another part",
    changes: { shared: { access: { ...access, bastion: { address: "10.10.3.11" } } } },
    code: "address-outside-subnet",
    path: "access.bastion.address",
    says: ["10.10.3.11", "10.10.5.0/24"],
  },
  {
    name: "two administrators of one name",
    changes: {
      shared: {
        access: {
          ...access,
          administrators: [
            anna,
            { ...anna, key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJydW5vYnJ1bm9icnVub2JydW5vYnJ1bm9icnVub2Jy" },
          ],
        },
      },
    },
    code: "administrator-duplicate",
    path: "access.administrators.1.name",
    says: ["anna"],
  },
  {
    name: "two administrators of one key",
    changes: { shared: { access: { ...access, administrators: [anna, { name: "bruno", key: `${anna.key} b` }] } } },
    code: "administrator-duplicate",
    path: "access.administrators.1.key",
    says: ["bruno"],
  },
  {
    name: "an administrator without a public key",
    changes: {
      shared: { access: { ...access, administrators: [{ name: "anna", key: "AAAAC3NzaC1lZDI1NTE5" }] } },
    },
    code: "ssh-key-invalid",
    path: "access.administrators.0.key",
    says: ["public key"],
  },
  {
    name: "a public key that was cut while it was copied",
    changes: { shared: { access: { ...access, administrators: [{ ...anna, key: anna.key.slice(0, -4) }] } } },
    code: "ssh-key-invalid",
    path: "access.administrators.0.key",
    says: ["incomplete"],
  },
  {
    name: "a public key of another type than its line names",
    changes: {
      shared: { access: { ...access, administrators: [{ ...anna, key: anna.key.replace("ed25519", "rsa") }] } },
    },
    code: "ssh-key-invalid",
    path: "access.administrators.0.key",
    says: ["damaged"],
  },
  {
    name: "an RSA key that is too short",
    changes: {
      shared: {
        "administration.sshPublicKey":
          "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDrath2eH+BvY8LUYGbwQmhoLRwakFYU1Xs9RUPmeVtNVg0bHfw1/YsmTiqjUWPUUOl9mGWPY4gDeKVjWQQnXjuy0WBB5MYnHYUJZwzZrj5qudw1KRKlXxiBClr2BWMXObWMxf3lfjKAxUGzgEMLjospHLNyvaCyyKy2Sy2jqRNEQ==",
      },
    },
    code: "ssh-key-invalid",
    path: "administration.sshPublicKey",
    says: ["1024 bits", "2048"],
  },
  {
    name: "a network of the administrators twice",
    changes: {
      shared: { access: { ...access, allowFrom: ["203.0.113.0/24", "198.51.100.0/24", "203.0.113.0/24"] } },
    },
    code: "network-duplicate",
    path: "access.allowFrom.2",
    says: ["203.0.113.0/24"],
  },
  {
    name: "a network of the ERP twice",
    changes: { shared: { "odoo.allowFrom": ["203.0.113.0/24", "203.0.113.0/24"] } },
    code: "network-duplicate",
    path: "odoo.allowFrom.1",
    says: ["203.0.113.0/24"],
  },
  ...[
    "syslog://logs.lor.example",
    "syslog://logs.lor.example:0",
    "syslog+tls://logs.lor.example:70000",
    "syslog://logs.lor.example:514/lor",
  ].map(
    (target): Refusal => ({
      name: `a log server at ${target}`,
      changes: { shared: { logs: { target } } },
      code: "logs-target-invalid",
      path: "logs.target",
      says: [target, "port"],
    }),
  ),
  {
    name: "access that nobody has",
    changes: { shared: { access: { ...access, administrators: [] } } },
    code: "setting-type",
    path: "access.administrators",
    says: ["at least one administrator"],
  },
  {
    name: "a size of the bastion that is not sold",
    changes: { shared: { access: { ...access, bastion: { address: "10.10.5.10", flavor: "b3-9" } } } },
    code: "flavor-unknown",
    path: "access.bastion.flavor",
    says: ["did you mean b3-8?"],
  },
  {
    name: "SSH from the whole internet",
    changes: { shared: { access: { ...access, allowFrom: ["0.0.0.0/0"] } } },
    code: "ssh-from-anywhere",
    path: "access.allowFrom",
    exit: 3,
    says: ["0.0.0.0/0"],
  },
  {
    name: "overlapping subnets",
    changes: { shared: { "network.subnets.mysql.cidr": "10.10.0.0/22" } },
    code: "subnets-overlap",
    path: "network.subnets.mysql.cidr",
    says: ["loadBalancer", "10.10.0.0/24"],
  },
  {
    name: "a subnet outside the network",
    changes: { shared: { "network.subnets.postgresql.cidr": "10.11.4.0/24" } },
    code: "subnet-outside-network",
    path: "network.subnets.postgresql.cidr",
    says: ["10.11.4.0/24", "10.10.0.0/16"],
  },
  {
    name: "a subnet without room",
    changes: { shared: { "network.subnets.mysql.cidr": "10.10.2.0/25" } },
    code: "subnet-too-small",
    path: "network.subnets.mysql.cidr",
    says: ["10.10.2.0/25", "/24"],
  },
  {
    name: "a subnet that does not begin at its first address",
    changes: { shared: { "network.subnets.mysql.cidr": "10.10.2.7/24" } },
    code: "network-invalid",
    path: "network.subnets.mysql.cidr",
    says: ["10.10.2.0/24"],
  },
  {
    name: "one VLAN for two parts",
    changes: { shared: { "network.subnets.odoo.vlan": 101 } },
    code: "vlan-duplicate",
    path: "network.subnets.odoo.vlan",
    says: ["101", "prestashop"],
  },
  {
    name: "public access to a database",
    changes: { shared: { "mysql.access": "public" } },
    code: "database-public",
    path: "mysql.access",
    exit: 3,
    says: ["public", "private"],
  },
  {
    name: "a public address on a database",
    changes: { shared: { "postgresql.publicAddress": "192.168.1.102" } },
    code: "database-public",
    path: "postgresql.publicAddress",
    exit: 3,
    says: ["private"],
  },
  {
    name: "a size that nobody sells",
    changes: { rush: { "prestashop.frontsFlavor": "b2-16" } },
    code: "flavor-unknown",
    path: "prestashop.frontsFlavor",
    says: ["b2-16", "b2-15"],
  },
  {
    name: "a size that the region does not have",
    changes: { shared: { "region.compute": "EU-WEST-PAR", "prestashop.flavorFamily": "classic" } },
    code: "flavor-not-in-region",
    path: "prestashop.frontsFlavor",
    says: ["EU-WEST-PAR", "b2-7", "b3-8"],
  },
  {
    name: "a size that has no flex flavor to come back by",
    changes: { rush: { "prestashop.frontsFlavor": "b3-16" }, normal: { "prestashop.frontsFlavor": "b3-8" } },
    code: "flex-not-in-region",
    path: "prestashop.frontsFlavor",
    says: ["b3-16", "reversible"],
  },
  {
    name: "a flex flavor that the region does not have",
    changes: {
      shared: { "region.compute": "EU-WEST-PAR" },
      normal: { "prestashop.frontsFlavor": "b3-8" },
      rush: { "prestashop.frontsFlavor": "b3-8" },
    },
    code: "flex-not-in-region",
    path: "prestashop.frontsFlavor",
    says: ["EU-WEST-PAR", "classic"],
  },
  {
    name: "Odoo of an unknown size",
    changes: { shared: { "odoo.flavor": "large" } },
    code: "flavor-unknown",
    path: "odoo.flavor",
    says: ["large"],
  },
  {
    name: "a rush with fewer fronts",
    changes: { normal: { "prestashop.fronts": 3 }, rush: { "prestashop.fronts": 2 } },
    code: "rush-smaller-than-normal",
    path: "prestashop.fronts",
    says: ["seen 2", "3"],
  },
  {
    name: "a rush with smaller fronts",
    changes: { normal: { "prestashop.frontsFlavor": "b2-15" }, rush: { "prestashop.frontsFlavor": "b2-7" } },
    code: "rush-smaller-than-normal",
    path: "prestashop.frontsFlavor",
    says: ["b2-7", "b2-15"],
  },
  {
    name: "a rush with less bandwidth",
    changes: { rush: { "loadBalancer.bandwidth": 200 } },
    code: "rush-smaller-than-normal",
    path: "loadBalancer.bandwidth",
    says: ["200 Mbit/s", "500 Mbit/s"],
  },
  {
    name: "a bandwidth that is not sold",
    changes: { rush: { "loadBalancer.bandwidth": 1000 } },
    code: "bandwidth-unknown",
    path: "loadBalancer.bandwidth",
    says: ["1000", "200, 500, 2000, 4000"],
  },
  {
    name: "a classic pair that cannot come back",
    changes: { shared: { "prestashop.flavorFamily": "classic" } },
    code: "pair-cannot-come-back",
    path: "prestashop.flavorFamily",
    says: ["100 GB", "50 GB", "cannot shrink", "flex"],
  },
  {
    name: "fewer addresses than fronts",
    changes: { shared: { "prestashop.addresses": ["10.10.1.10", "10.10.1.11"] } },
    code: "addresses-too-few",
    path: "prestashop.addresses",
    says: ["2 addresses", "3 addresses"],
  },
  {
    name: "no address for the temporary front of a rush that only enlarges",
    changes: { shared: { "prestashop.addresses": ["10.10.1.10", "10.10.1.11"] }, rush: { "prestashop.fronts": 2 } },
    code: "addresses-too-few",
    path: "prestashop.addresses",
    says: ["temporary", "3 addresses"],
  },
  {
    name: "one front in normal",
    changes: { normal: { "prestashop.fronts": 1 } },
    code: "fronts-too-few",
    path: "prestashop.fronts",
    says: ["seen 1", "2 or more"],
  },
  {
    name: "a load balancer of fixed size with two sizes",
    changes: { shared: { "loadBalancer.driver": "openstack" } },
    code: "load-balancer-cannot-resize",
    path: "loadBalancer.driver",
    says: ["openstack", "500", "2000"],
  },
  {
    name: "an RPO that the filestore's copy cannot hold",
    changes: { shared: { "odoo.filestore.copyEvery": "PT55M" } },
    code: "rpo-not-held",
    path: "odoo.filestore.copyEvery",
    exit: 3,
    says: ["erp-filestore", "1 h 5 min", "at most 1 h"],
  },
  {
    name: "an RPO that the images' copy cannot hold",
    changes: { shared: { "storage.copy": { copyEvery: "PT2H", copyTimeout: "PT10M" } } },
    code: "rpo-not-held",
    path: "storage.copy.copyEvery",
    exit: 3,
    says: ["shop-images", "region-lost", "2 h 10 min"],
  },
  {
    name: "an RPO below what the databases promise",
    changes: { shared: { rpo: "PT4M" } },
    code: "rpo-not-held",
    path: "rpo",
    exit: 3,
    says: ["shop-database", "5 min", "4 min"],
  },
  {
    name: "copies in the region of what they are copies of",
    changes: { shared: { "region.offsite": "GRA" } },
    code: "offsite-same-region",
    path: "region.offsite",
    says: ["GRA"],
  },
  {
    name: "an unknown region",
    changes: { shared: { "region.compute": "GRA99" } },
    code: "region-unknown",
    path: "region.compute",
    says: ["GRA99", "GRA11"],
  },
  {
    name: "a duration that is none",
    changes: { shared: { rpo: "1h" } },
    code: "duration-invalid",
    path: "rpo",
    says: ["1h", "PT1H"],
  },
  {
    name: "a duration without a fixed length",
    changes: { shared: { rpo: "P1M" } },
    code: "duration-invalid",
    path: "rpo",
    says: ["P1M", "fixed length"],
  },
  {
    name: "a copy more often than a timer can",
    changes: { shared: { "odoo.filestore": { copyEvery: "PT30S", copyTimeout: "PT1M" } } },
    code: "duration-invalid",
    path: "odoo.filestore.copyEvery",
    says: ["PT30S", "PT1M"],
  },
  {
    name: "a copy that may last longer than the time between two",
    changes: { shared: { "odoo.filestore": { copyEvery: "PT10M", copyTimeout: "PT20M" } } },
    code: "copy-longer-than-interval",
    path: "odoo.filestore.copyTimeout",
    says: ["PT20M", "PT10M"],
  },
  {
    name: "a size without a known unit",
    changes: { shared: { "odoo.disk": "100 Go" } },
    code: "size-invalid",
    path: "odoo.disk",
    says: ["100 Go", "100 GB"],
  },
  {
    name: "a size that is no whole number of gigabytes",
    changes: { shared: { "odoo.disk": "100 GiB" } },
    code: "size-invalid",
    path: "odoo.disk",
    says: ["100 GiB"],
  },
  {
    name: "a disk that is too small",
    changes: { shared: { "prestashop.disk": 1 } },
    code: "size-invalid",
    path: "prestashop.disk",
    says: ["seen 1", "10 to 12000 GB"],
  },
  {
    name: "a database version that is not offered",
    changes: { shared: { "mysql.version": "5.7" } },
    code: "database-version-unknown",
    path: "mysql.version",
    says: ["5.7", "8"],
  },
  {
    name: "a PostgreSQL that the server's pg_dump cannot copy",
    changes: { shared: { "postgresql.version": "16" } },
    code: "database-version-not-copied",
    path: "postgresql.version",
    says: ["pg_dump 15", "seen 16", "accepted: 14, 15"],
  },
  {
    name: "a version written as a number",
    changes: { shared: { "mysql.version": 8 } },
    code: "setting-type",
    path: "mysql.version",
    says: ["seen 8"],
  },
  {
    name: "a database flavor of another plan",
    changes: { shared: { "mysql.plan": "production" } },
    code: "database-flavor-not-in-plan",
    path: "mysql.flavor",
    says: ["db1-4", "production", "b3-8"],
  },
  {
    name: "a database disk that the flavor does not have",
    changes: { shared: { "postgresql.disk": 500 } },
    code: "database-disk",
    path: "postgresql.disk",
    says: ["500 GB", "80 to 240 GB"],
  },
  {
    name: "a time of day that is none",
    changes: { shared: { "mysql.backupTime": "25:00:00" } },
    code: "time-invalid",
    path: "mysql.backupTime",
    says: ["25:00:00"],
  },
  {
    name: "a schedule that is none",
    changes: { shared: { "backups.instances.cron": "every day" } },
    code: "schedule-invalid",
    path: "backups.instances.cron",
    says: ["every day", "0 4 * * *"],
  },
  {
    name: "an event of an unknown kind",
    changes: { shared: { calendar: { events: [{ name: "noel", kind: "fix", date: "12-25", lead: "P21D" }] } } },
    code: "kind-unknown",
    path: "calendar.events.0.kind",
    says: ["seen fix", "fixed, easter, weekday, once"],
  },
  {
    name: "an event without a kind",
    changes: { shared: { calendar: { events: [{ name: "noel", date: "12-25", lead: "P21D" }] } } },
    code: "setting-missing",
    path: "calendar.events.0.kind",
    says: ["fixed, easter, weekday, once"],
  },
  {
    name: "an event that is none",
    changes: { shared: { calendar: { events: ["noel"] } } },
    code: "setting-type",
    path: "calendar.events.0",
    says: ["seen noel", "a group of settings"],
  },
  {
    name: "events that are no list",
    changes: { shared: { "calendar.events": { noel: "12-25" } } },
    code: "setting-type",
    path: "calendar.events",
    says: ["a list of events"],
  },
  {
    name: "an event without a lead",
    changes: { shared: { calendar: { events: [{ name: "noel", kind: "fixed", date: "12-25" }] } } },
    code: "setting-missing",
    path: "calendar.events.0.lead",
    says: ["ISO 8601"],
  },
  {
    name: "an unknown key in an event, with the name that was meant",
    changes: {
      shared: { calendar: { events: [{ name: "noel", kind: "fixed", date: "12-25", freez: {}, lead: "P21D" }] } },
    },
    code: "unknown-key",
    path: "calendar.events.0.freez",
    says: ["did you mean freeze?"],
  },
  {
    name: "a key of another kind of event",
    changes: {
      shared: { calendar: { events: [{ name: "noel", kind: "fixed", date: "12-25", lead: "P21D", offsetDays: 1 }] } },
    },
    code: "unknown-key",
    path: "calendar.events.0.offsetDays",
    says: ["offsetDays"],
  },
  {
    name: "two events of one name",
    changes: {
      shared: {
        calendar: {
          events: [
            { name: "fete", kind: "fixed", date: "12-25", lead: "P21D" },
            { name: "fete", kind: "easter", lead: "P21D" },
          ],
        },
      },
    },
    code: "event-duplicate",
    path: "calendar.events.1.name",
    says: ["calendar.events.0", "seen fete"],
  },
  {
    name: "an event name with a capital",
    changes: { shared: { calendar: { events: [{ name: "Noël", kind: "fixed", date: "12-25", lead: "P21D" }] } } },
    code: "event-name-invalid",
    path: "calendar.events.0.name",
    says: ["Noël", "saint-valentin"],
  },
  {
    name: "30 February",
    changes: { shared: { calendar: { events: [{ name: "it", kind: "fixed", date: "02-30", lead: "P21D" }] } } },
    code: "date-invalid",
    path: "calendar.events.0.date",
    says: ["seen 02-30", "12-25"],
  },
  {
    name: "29 February, which three years of four do not have",
    changes: { shared: { calendar: { events: [{ name: "it", kind: "fixed", date: "02-29", lead: "P21D" }] } } },
    code: "date-invalid",
    path: "calendar.events.0.date",
    says: ["is not in every year", "02-29"],
  },
  {
    name: "a day with its year as a yearly date",
    changes: { shared: { calendar: { events: [{ name: "it", kind: "fixed", date: "2027-12-25", lead: "P21D" }] } } },
    code: "date-invalid",
    path: "calendar.events.0.date",
    says: ["2027-12-25"],
  },
  {
    name: "a negative lead",
    changes: { shared: { calendar: { events: [{ name: "it", kind: "fixed", date: "12-25", lead: "-P21D" }] } } },
    code: "duration-invalid",
    path: "calendar.events.0.lead",
    says: ["-P21D", "at least zero"],
  },
  {
    name: "a lead longer than a year",
    changes: { shared: { calendar: { events: [{ name: "it", kind: "fixed", date: "12-25", lead: "P366D" }] } } },
    code: "duration-too-long",
    path: "calendar.events.0.lead",
    says: ["P366D", "P365D"],
  },
  {
    name: "a lead in months",
    changes: { shared: { calendar: { events: [{ name: "it", kind: "fixed", date: "12-25", lead: "P1M" }] } } },
    code: "duration-invalid",
    path: "calendar.events.0.lead",
    says: ["P1M"],
  },
  {
    name: "an end longer than a year",
    changes: {
      shared: { calendar: { events: [{ name: "it", kind: "fixed", date: "12-25", lead: "P1D", end: "P400D" }] } },
    },
    code: "duration-too-long",
    path: "calendar.events.0.end",
    says: ["P400D"],
  },
  {
    name: "an event that wants another profile than rush",
    changes: {
      shared: { calendar: { events: [{ name: "it", kind: "fixed", date: "12-25", lead: "P1D", profile: "normal" }] } },
    },
    code: "event-profile-unknown",
    path: "calendar.events.0.profile",
    says: ["seen normal", "accepted: rush"],
  },
  {
    name: "an unknown tradition of Easter",
    changes: { shared: { calendar: { events: [{ name: "it", kind: "easter", tradition: "eastern", lead: "P1D" }] } } },
    code: "tradition-unknown",
    path: "calendar.events.0.tradition",
    says: ["eastern", "western, orthodox"],
  },
  {
    name: "more than a year from Easter",
    changes: { shared: { calendar: { events: [{ name: "it", kind: "easter", offsetDays: 400, lead: "P1D" }] } } },
    code: "offset-invalid",
    path: "calendar.events.0.offsetDays",
    says: ["400", "from -365 to 365"],
  },
  {
    name: "a month that is none",
    changes: {
      shared: {
        calendar: { events: [{ name: "it", kind: "weekday", month: 13, weekday: "sunday", nth: 1, lead: "P1D" }] },
      },
    },
    code: "month-invalid",
    path: "calendar.events.0.month",
    says: ["13", "1 to 12"],
  },
  {
    name: "a weekday that is none",
    changes: {
      shared: {
        calendar: { events: [{ name: "it", kind: "weekday", month: 5, weekday: "dimanche", nth: 1, lead: "P1D" }] },
      },
    },
    code: "weekday-unknown",
    path: "calendar.events.0.weekday",
    says: ["dimanche", "sunday"],
  },
  {
    name: "a fifth Sunday, which few months have",
    changes: {
      shared: {
        calendar: { events: [{ name: "it", kind: "weekday", month: 5, weekday: "sunday", nth: 5, lead: "P1D" }] },
      },
    },
    code: "nth-invalid",
    path: "calendar.events.0.nth",
    says: ["seen 5", "1, 2, 3, 4 or last"],
  },
  {
    name: "an exception for Whitsun that is none",
    changes: {
      shared: {
        calendar: {
          events: [
            { name: "it", kind: "weekday", month: 5, weekday: "sunday", nth: "last", whitsun: "skip", lead: "P1D" },
          ],
        },
      },
    },
    code: "whitsun-unknown",
    path: "calendar.events.0.whitsun",
    says: ["skip", "keep, week-later"],
  },
  {
    name: "a one-off event that ends before it starts",
    changes: {
      shared: {
        calendar: { events: [{ name: "it", kind: "once", from: "2027-06-10", to: "2027-06-01", lead: "P1D" }] },
      },
    },
    code: "event-ends-before-start",
    path: "calendar.events.0.to",
    says: ["2027-06-01", "2027-06-10 or a later day"],
  },
  {
    name: "a one-off event on 30 February",
    changes: { shared: { calendar: { events: [{ name: "it", kind: "once", from: "2027-02-30", lead: "P1D" }] } } },
    code: "date-invalid",
    path: "calendar.events.0.from",
    says: ["2027-02-30", "2027-06-01"],
  },
  {
    name: "a time zone that is none",
    changes: { shared: { "calendar.timeZone": "Europe/Lyon" } },
    code: "time-zone-unknown",
    path: "calendar.timeZone",
    says: ["Europe/Lyon", "Europe/Paris"],
  },
  {
    name: "an offset as a time zone, which knows no daylight saving",
    changes: { shared: { "calendar.timeZone": "+01:00" } },
    code: "time-zone-unknown",
    path: "calendar.timeZone",
    says: ["+01:00"],
  },
  {
    name: "a time zone in small letters",
    changes: { shared: { "calendar.timeZone": "europe/paris" } },
    code: "time-zone-unknown",
    path: "calendar.timeZone",
    says: ["europe/paris"],
  },
  {
    name: "merging over more than a year",
    changes: { shared: { "calendar.mergeWithin": "P500D" } },
    code: "duration-too-long",
    path: "calendar.mergeWithin",
    says: ["P500D"],
  },
  {
    name: "a freeze that begins with its rush",
    changes: {
      shared: {
        calendar: {
          events: [{ name: "it", kind: "fixed", date: "12-25", lead: "P2D", freeze: { before: "P2D", after: "PT0S" } }],
        },
      },
    },
    code: "freeze-outside-rush",
    path: "calendar.events.0.freeze.before",
    says: ["the switch itself", "shorter than the lead, P2D"],
  },
  {
    name: "a freeze that outlasts its rush",
    changes: {
      shared: {
        calendar: {
          events: [{ name: "it", kind: "fixed", date: "12-25", lead: "P9D", freeze: { before: "P2D", after: "P2D" } }],
        },
      },
    },
    code: "freeze-outside-rush",
    path: "calendar.events.0.freeze.after",
    says: ["P2D", "not longer than the end, P1D"],
  },
  {
    name: "events that never let the system go back to normal",
    changes: {
      shared: {
        "calendar.events": [
          { name: "noel", kind: "fixed", date: "12-25", lead: "P200D" },
          { name: "ete", kind: "fixed", date: "06-25", lead: "P200D" },
        ],
      },
    },
    code: "rush-never-ends",
    path: "calendar.events",
    says: ["noel, ete", "a shorter lead"],
  },
  {
    name: "one event whose lead is merged with its end of the year before",
    changes: { shared: { "calendar.events": [{ name: "noel", kind: "fixed", date: "12-25", lead: "P360D" }] } },
    code: "rush-never-ends",
    path: "calendar.events",
    says: ["noel"],
  },
  {
    name: "a calendar in a profile file",
    changes: { rush: { "calendar.mergeWithin": "P9D" } },
    code: "key-not-in-profile",
    path: "calendar.mergeWithin",
    says: ["Pulumi.rush.yaml", "Pulumi.yaml"],
  },
  {
    name: "a release over plain http",
    changes: { shared: { "prestashop.release.url": "http://example.org/shop.zip" } },
    code: "release-invalid",
    path: "prestashop.release.url",
    says: ["https"],
  },
  {
    name: "a domain that is none",
    changes: { shared: { "odoo.domain": "erp lor" } },
    code: "domain-invalid",
    path: "odoo.domain",
    says: ["erp lor"],
  },
  {
    name: "a vRack that is none",
    changes: { shared: { "network.vrack": "vrack" } },
    code: "vrack-invalid",
    path: "network.vrack",
    says: ["pn-1000000"],
  },
  {
    name: "a profile file that names the other profile",
    changes: { rush: { profile: "normal" } },
    code: "profile-mismatch",
    path: "profile",
    says: ["Pulumi.rush.yaml", "rush"],
  },
  {
    name: "a key that has the name of a secret",
    changes: { shared: { "mysql.password": "tarte-aux-pommes" } },
    code: "secret-in-settings",
    path: "mysql.password",
    says: ["password"],
  },
  {
    name: "an encrypted secret",
    changes: { normal: { "prestashop.fronts": { secure: "v1:abc:def" } } },
    code: "secret-in-settings",
    path: "prestashop.fronts",
    says: ["must not contain secrets"],
  },
  {
    name: "an address with a password in it",
    changes: { shared: { "odoo.release.url": "https://lor:tarte-aux-pommes@example.org/odoo.deb" } },
    code: "secret-in-settings",
    path: "odoo.release.url",
    says: ["looks like a secret"],
  },
  {
    name: "a missing file of the pair",
    changes: { files: { "Pulumi.rush.yaml": undefined } },
    code: "file-missing",
    path: "Pulumi.rush.yaml",
    says: ["lor-infra init"],
  },
  {
    name: "no Pulumi.yaml",
    changes: { files: { "Pulumi.yaml": undefined } },
    code: "file-missing",
    path: "Pulumi.yaml",
    says: ["lor-infra init"],
  },
  {
    name: "two salts in one pair",
    changes: {
      files: {
        "Pulumi.rush.yaml": committed("Pulumi.rush.yaml").replace(
          /^encryptionsalt: .*$/m,
          "encryptionsalt: v1:n6GUiAjayes=:v1:2vQN7Q4tPv0qiUeo:0s5S+bUmB98eWNwe5r+1zuFE/AzcRg==",
        ),
      },
    },
    code: "encryption-salts-differ",
    path: "encryptionsalt",
    says: ["Pulumi.normal.yaml", "Pulumi.rush.yaml"],
  },
  {
    name: "no salt",
    changes: {
      files: { "Pulumi.normal.yaml": committed("Pulumi.normal.yaml").replace(/^encryptionsalt: .*\n/m, "") },
    },
    code: "encryption-salt-missing",
    path: "encryptionsalt",
    says: ["Pulumi.normal.yaml"],
  },
  {
    name: "YAML that cannot be read, with its line",
    changes: { files: { "Pulumi.rush.yaml": committed("Pulumi.rush.yaml").replace("config:", "config: [") } },
    code: "yaml-syntax",
    path: "Pulumi.rush.yaml",
    says: ["line "],
  },
  {
    name: "the same key twice",
    changes: { files: { "Pulumi.yaml": `${committed("Pulumi.yaml")}name: lor\n` } },
    code: "key-twice",
    path: "Pulumi.yaml",
    says: ["key name", "at line 1 and line"],
  },
  ...(
    [
      ["tabs as indentation", "config:\n\tlor:profile: rush\n", "yaml-syntax", "spaces for indentation"],
      ["two documents", "a: 1\n---\nb: 2\n", "yaml-several-documents", "at line 3"],
      ["an unknown tag", "a: !secret x\n", "yaml-syntax", "unknown scalar tag"],
      ["aliases that repeat aliases", aliasBomb(), "yaml-aliases", "*name"],
      ["an alias inside its own anchor", "config: &a { lor:x: *a }\n", "yaml-aliases", "refer to themselves"],
      ["deep nesting", `a: ${"[".repeat(65 * 2)}`, "yaml-too-deep", "at most 64 levels"],
      ["more than any settings need", "a: 1\n".repeat(20_000), "yaml-too-long", "at most 10000"],
      ["a byte order mark", "\ufeffconfig: {}\n", "file-with-bom", "UTF-8 without"],
      ["a NUL character", "config: {} # \0\n", "file-not-utf8", "text in UTF-8"],
    ] as const
  ).map(([name, text, code, says]) => ({
    name: `a file with ${name}`,
    changes: { files: { "Pulumi.rush.yaml": text } },
    code,
    path: "Pulumi.rush.yaml",
    says: [says],
  })),
  {
    name: "an empty file",
    changes: { files: { "Pulumi.rush.yaml": "" } },
    code: "yaml-shape",
    path: "Pulumi.rush.yaml",
    says: ["key: value"],
  },
  {
    name: "a setting that is not wrapped as Pulumi asks",
    changes: {
      files: {
        "Pulumi.yaml": committed("Pulumi.yaml").replace("  storage:\n    value:\n      size", "  storage:\n    size"),
      },
    },
    code: "config-not-wrapped",
    path: "storage",
    says: ["value"],
  },
  {
    name: "a setting twice",
    changes: { files: { "Pulumi.yaml": `${committed("Pulumi.yaml")}  lor:rpo: PT2H\n` } },
    code: "key-twice",
    path: "rpo",
    says: ["lor:rpo"],
  },
  {
    name: "databases in another region than the servers",
    changes: { shared: { "region.database": "DE" } },
    code: "region-mismatch",
    path: "region.database",
    says: ["seen DE", "GRA11", "accepted: GRA"],
  },
  {
    name: "a project name that no cloud takes",
    changes: { files: { "Pulumi.yaml": committed("Pulumi.yaml").replace("name: lor", "name: Lor & fils") } },
    code: "project-name-invalid",
    path: "name",
    says: ["Lor & fils"],
  },
];

describe("refused", () => {
  test.each(refusals)("$name", ({ changes, code, path, exit = 2, says }) => {
    const result = checkSettings({ dir: settingsFolder(changes), stack: "prod" });
    const issue = result.report.issues.find((candidate) => candidate.code === code && candidate.path === path);
    expect(issue, JSON.stringify(result.report.issues, undefined, 2)).toBeDefined();
    expect(result.report.ok).toBe(false);
    for (const text of says) expect(issue?.message).toContain(text);
    expect(issue?.message).toContain("accepted: ");
    const others = result.report.issues.filter((candidate) => candidate !== issue);
    if (others.length === 0) expect(result.exit).toBe(exit);
  });

  test.each(refusals.filter(({ exit }) => exit === 3))("$name ends with 3", ({ changes }) => {
    expect(checkSettings({ dir: settingsFolder(changes), stack: "prod" }).exit).toBe(3);
  });

  test.each(["normal", "rush"])("a stack named %s", (stack) => {
    const { report, exit } = checkSettings({ dir: settingsFolder(), stack });
    expect(report.issues.map((issue) => issue.code)).toEqual(["stack-is-a-profile"]);
    expect(report.issues[0]?.message).toContain(`lor-infra ${stack} --stack prod`);
    expect(exit).toBe(2);
  });

  test("a secret is never repeated", () => {
    const planted = "tarte-aux-pommes";
    for (const { changes } of refusals) {
      const { report } = checkSettings({ dir: settingsFolder(changes), stack: "prod" });
      expect(JSON.stringify(report)).not.toContain(planted);
    }
  });
});
