import * as z from "zod";
import { ovhcloudOffer } from "../../clouds/ovh/offers.ts";
import { certificates, dns, domain } from "../../config/certificate-fields.ts";
import {
  address,
  duration,
  email,
  type FieldRefusal,
  gigabytes,
  network,
  networks,
  oneOf,
  refuse,
  text,
  whole,
} from "../../config/fields.ts";
import { renamedKeys } from "../../config/known-keys.ts";
import { rolling } from "../../config/rolling-fields.ts";
import { sharedFields } from "../../config/shared-fields.ts";
import { publicKeyDefect } from "../../core/public-key.ts";

const anything: FieldRefusal = { code: "text-invalid", accepted: "a text on one line" };
const time = text(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, {
  code: "time-invalid",
  accepted: "a time of day in UTC, HH:MM:SS in quotes, such as 03:00:00",
});

const subnet = z.object({ cidr: network(), vlan: whole(1, 4094, "vlan-invalid") });

const release = z.object({
  version: text(/^[0-9A-Za-z][0-9A-Za-z.+~-]{0,63}$/, {
    code: "release-invalid",
    accepted: "a version in quotes, such as 9.1.5",
  }),
  url: text(/^https:\/\/[^\s/@]+\/\S+$/, {
    code: "release-invalid",
    accepted: "an https address without user and password",
  }),
  sha256: text(/^[0-9a-f]{64}$/, { code: "release-invalid", accepted: "64 hexadecimal digits in quotes" }),
});

// A guest's timer has a resolution of one minute.
const copy = z.object({
  copyEvery: duration("PT1M").prefault("PT30M"),
  copyTimeout: duration("PT1M").prefault("PT10M"),
});

const publicKeyLine: FieldRefusal = {
  code: "ssh-key-invalid",
  accepted: "one line of an OpenSSH public key file, such as ssh-ed25519 AAAA… name; RSA from 2048 bits on",
};
const publicKey = z.string(publicKeyLine.accepted).transform((value, context): string => {
  const defect = publicKeyDefect(value);
  return defect === undefined ? value : refuse(context, defect, publicKeyLine);
});

const administrator = z.object({
  name: text(/^[a-z][a-z0-9-]{0,31}$/, {
    code: "administrator-invalid",
    accepted: "small letters, digits and -, at most 32, such as anna",
  }),
  key: publicKey,
});

const access = z.object({
  administrators: z.array(administrator, "a list of names and public keys").min(1, "at least one administrator"),
  allowFrom: networks(),
  subnet,
  bastion: z.object({
    address: address(),
    flavor: z.string("a size such as b3-8").prefault("b3-8"),
    image: text(/^\S.{0,253}$/, anything).prefault("Debian 12"),
    shell: z.boolean("true or false").prefault(false),
  }),
});

const logTarget: FieldRefusal = {
  code: "logs-target-invalid",
  accepted:
    "object-storage, an address of https, or syslog or syslog+tls with host and port, such as syslog://10.0.0.9:514; without user and password",
};

function isLogServer(value: string): boolean {
  if (!/^(https:\/\/[^\s/@?#]+(\/\S*)?|syslog(\+tls)?:\/\/[^\s/@?#]+:\d+)$/.test(value) || !URL.canParse(value))
    return false;
  const { hostname, port } = new URL(value);
  return hostname !== "" && port !== "0";
}

const logs = z.object({
  target: z
    .string(logTarget.accepted)
    .refine((value) => value === "object-storage" || isLogServer(value), {
      message: "is not of the form that is asked for",
      params: { ...logTarget },
    })
    .prefault("object-storage"),
  keep: duration("P1D", "P3650D").prefault("P30D"),
});

const domainLike: FieldRefusal = { code: "mail-invalid", accepted: "a host name, such as smtp.lor.example" };
const mail = z.object({
  host: text(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/, domainLike),
  port: whole(1, 65_535, "mail-invalid").prefault(587),
  tls: oneOf(["starttls", "tls", "none"], "mail-invalid").prefault("starttls"),
  user: text(/^[\x21-\x7e]{1,256}$/, {
    code: "mail-invalid",
    accepted: "printable ASCII without spaces, at most 256 characters, such as shop@lor.example",
  }).optional(),
});

const task = z.object({
  name: text(/^[a-z][a-z0-9-]{0,40}$/, {
    code: "task-name-invalid",
    accepted: "small letters, digits and -, at most 41, such as send-reminders",
  }),
  every: duration("PT1M").prefault("PT1H"),
  command: z
    .array(
      text(/^[\x20-\x7e]+$/, {
        code: "task-command-invalid",
        accepted: "a program and its arguments, in printable ASCII",
      }),
      "a list: a program and its arguments",
    )
    .min(1, "at least a program"),
});

function database(engine: "mysql" | "postgresql") {
  return z.object({
    version: oneOf(nonEmpty(ovhcloudOffer.databaseVersions[engine]), "database-version-unknown"),
    plan: oneOf(nonEmpty(ovhcloudOffer.databasePlans.map((offer) => offer.plan)), "database-plan-unknown"),
    flavor: oneOf(nonEmpty(ovhcloudOffer.databaseFlavors.map((offer) => offer.flavor)), "database-flavor-unknown"),
    disk: gigabytes(1, 10_000),
    access: z
      .string("private")
      .refine((access) => access === "private", {
        message: "a database is reached from the private network only",
        params: { code: "database-public", accepted: "private", exit: 3 } satisfies FieldRefusal,
      })
      .transform(() => "private" as const)
      .prefault("private"),
    backupTime: time,
  });
}

/** Schema of the settings of one profile; their meaning is in settings.ts, the rules between them in rules/. */
export const lorSchema = z.object({
  ...sharedFields("lor"),
  region: z.object({
    compute: oneOf(nonEmpty(ovhcloudOffer.regions.map((offer) => offer.compute)), "region-unknown"),
    storage: oneOf(nonEmpty(areas()), "region-unknown"),
    database: oneOf(nonEmpty(areas()), "region-unknown"),
    offsite: oneOf(nonEmpty(areas()), "region-unknown"),
  }),
  administration: z.object({
    sshPublicKey: publicKey,
    email: email(),
  }),
  network: z.object({
    vrack: text(/^pn-\d+$/, { code: "vrack-invalid", accepted: "the vRack's service name, such as pn-1000000" }),
    cidr: network(),
    externalNetwork: text(/^\S.{0,253}$/, anything).prefault("Ext-Net"),
    subnets: z.object({
      loadBalancer: subnet,
      prestashop: subnet,
      mysql: subnet,
      odoo: subnet,
      postgresql: subnet,
    }),
  }),
  loadBalancer: z.object({
    timeouts: z
      .object({
        client: duration("PT1S", "P1D").prefault("PT6M"),
        memberConnect: duration("PT1S", "PT5M").prefault("PT5S"),
        memberData: duration("PT1S", "P1D").prefault("PT6M"),
      })
      .prefault({}),
    driver: oneOf(["ovh", "openstack"], "driver-unknown")
      .prefault("ovh")
      .register(renamedKeys, { old: "shell", path: "loadBalancer.driver" }),
    address: address(),
    bandwidth: z.number("Mbit/s as a number").refine((value) => bandwidths().includes(value), {
      message: "is not a size of a load balancer",
      params: { code: "bandwidth-unknown", accepted: `${bandwidths().join(", ")} (Mbit/s)` } satisfies FieldRefusal,
    }),
  }),
  prestashop: z.object({
    domain,
    addresses: z.array(address(), "a list of addresses"),
    fronts: whole(1, 100, "fronts-invalid"),
    frontsFlavor: z.string("a size such as b2-7"),
    flavorFamily: oneOf(["flex", "classic"], "flavor-family-unknown").prefault("flex"),
    disk: gigabytes(10, 12_000),
    image: text(/^\S.{0,253}$/, anything),
    phpChildren: whole(1, 500, "php-children-invalid").optional(),
    release,
    tasks: z.array(task, "a list of tasks").prefault([]),
  }),
  odoo: z.object({
    domain,
    address: address(),
    flavor: z.string("a size such as b2-15"),
    flavorFamily: oneOf(["flex", "classic"], "flavor-family-unknown").prefault("flex"),
    disk: gigabytes(10, 12_000),
    image: text(/^\S.{0,253}$/, anything),
    release,
    filestore: copy.prefault({}),
    allowFrom: networks().optional(),
    wkhtmltopdf: release.pick({ url: true, sha256: true }).optional(),
  }),
  mail: mail.optional(),
  mysql: database("mysql"),
  postgresql: database("postgresql").extend({ adoptAdministrator: z.boolean("true or false").prefault(false) }),
  storage: z.object({ size: gigabytes(1, 1_000_000), copy: copy.prefault({}) }),
  backups: z.object({
    instances: z.object({
      cron: z.string("five fields, UTC, such as 0 4 * * *"),
      keep: whole(1, 365, "keep-invalid"),
    }),
  }),
  access: access.optional(),
  logs: logs.optional(),
  rolling: rolling().prefault({}),
  certificates: certificates().prefault({}),
  dns: dns().prefault({}),
});

/** Settings that a profile file may contain; all others are shared. */
export const profileSettings: readonly string[] = Object.freeze([
  "profile",
  "prestashop.fronts",
  "prestashop.frontsFlavor",
  "loadBalancer.bandwidth",
]);

function areas(): string[] {
  return [...new Set(ovhcloudOffer.regions.map((offer) => offer.area))];
}

function bandwidths(): number[] {
  return ovhcloudOffer.loadBalancers.map((offer) => offer.bandwidth);
}

function nonEmpty(values: readonly string[]): readonly [string, ...string[]] {
  const [first, ...rest] = values;
  if (first === undefined) throw new RangeError("a catalogue without entries");
  return [first, ...rest];
}
