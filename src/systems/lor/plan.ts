import { findCloudFlavor, findDatabasePlan, findLoadBalancerFlavor } from "../../clouds/ovh/offers.ts";
import { certificateSettings } from "../../config/certificate-fields.ts";
import { LorError } from "../../core/errors.ts";
import { withoutComment } from "../../core/public-key.ts";
import type { Fleet, Member } from "../../rolling/fleet.ts";
import type { PlanArgs } from "../contract.ts";
import { partNames, reservedAddresses } from "./address-plan.ts";
import { planDns } from "./dns.ts";
import { planFirewalls } from "./firewalls.ts";
import type {
  AccessPlan,
  DatabasePlan,
  InstanceBackupPlan,
  LorPlan,
  NetworkPlan,
  OdooPlan,
  ServerPlan,
  ShopPlan,
  StoragePlan,
  SubnetPlan,
} from "./plan-model.ts";
import type { DatabaseSettings, LogsSettings, LorSettings } from "./settings.ts";
import { subnetsOf } from "./subnets.ts";

export type LorPlanArgs = PlanArgs<LorSettings>;

const volumeType = "high-speed";
const healthPath = "/health";

/** Name of the front at an index of `prestashop.addresses`. */
export function frontName(index: number): string {
  return `ps-${index}`;
}

/** Fleet of a profile. */
export function fleetOf(settings: Pick<LorSettings, "prestashop" | "loadBalancer">): Fleet {
  const fronts = Array.from({ length: settings.prestashop.fronts }, (_, index) => ({
    name: frontName(index),
    size: settings.prestashop.frontsFlavor,
  }));
  return { loadBalancerBandwidth: settings.loadBalancer.bandwidth, fronts };
}

/**
 * Decides everything that is built. Pure. Valid settings always yield a Plan. @throws LorError for a fleet with a front without an address or with
 * a size that is not sold
 */
export function planLor(args: LorPlanArgs): LorPlan {
  const shared = args.settings.normal;
  const prefix = `${args.project}-${args.stack}`;
  const shop = planShop(args, prefix);
  const odoo = planOdoo(shared, prefix);
  const access = planAccess(shared, prefix);
  return {
    system: "lor",
    prefix,
    profile: args.profile,
    fleet: args.fleet,
    region: shared.region,
    administration: shared.administration,
    network: planNetwork(shared, prefix, access),
    loadBalancer: {
      cloudName: `${prefix}-lb`,
      driver: shared.loadBalancer.driver,
      bandwidth: args.fleet.loadBalancerBandwidth,
      flavor: loadBalancerFlavor(args.fleet.loadBalancerBandwidth),
      address: shared.loadBalancer.address.toString(),
      healthPath,
      timeouts: {
        clientSeconds: shared.loadBalancer.timeouts.client.inSeconds(),
        memberConnectSeconds: shared.loadBalancer.timeouts.memberConnect.inSeconds(),
        memberDataSeconds: shared.loadBalancer.timeouts.memberData.inSeconds(),
      },
    },
    shop,
    odoo,
    mysql: planDatabase(shared, prefix, "mysql"),
    postgresql: planDatabase(shared, prefix, "postgresql"),
    storage: planStorage(shared, prefix),
    backups: planBackups(shared, shop, odoo),
    dns: planDns(shared),
    rpoSeconds: shared.rpo.inSeconds(),
    ...(shared.mail === undefined ? {} : { mail: planMail(shared.mail) }),
    ...(access === undefined ? {} : { access }),
    ...(shared.logs === undefined ? {} : { logs: planLogs(shared.logs) }),
  };
}

function planMail({ user, ...relay }: NonNullable<LorSettings["mail"]>): NonNullable<LorPlan["mail"]> {
  return { ...relay, ...(user === undefined ? {} : { user }) };
}

function planNetwork(settings: LorSettings, prefix: string, access: AccessPlan | undefined): NetworkPlan {
  const { network } = settings;
  const subnets = subnetsOf(settings).map(({ part, cidr, vlan }): SubnetPlan => {
    const reserved = reservedAddresses(cidr);
    return {
      part,
      cloudName: `${prefix}-${partNames[part]}`,
      cidr: cidr.toString(),
      vlan,
      gateway: reserved.gateway.toString(),
      pool: { start: reserved.poolStart.toString(), end: reserved.poolEnd.toString() },
    };
  });
  return {
    vrack: network.vrack,
    externalNetwork: network.externalNetwork,
    subnets,
    firewalls: planFirewalls(prefix, subnets, {
      access,
      odooFrom: settings.odoo.allowFrom?.map((each) => each.toString()),
    }),
  };
}

function planShop(args: LorPlanArgs, prefix: string): ShopPlan {
  const { normal } = args.settings;
  const { prestashop } = normal;
  const always = new Set(fleetOf(normal).fronts.map((front) => front.name));
  return {
    domain: prestashop.domain,
    phpChildren: prestashop.phpChildren,
    release: prestashop.release,
    fronts: args.fleet.fronts.map((front) => planFront(front, normal, prefix)),
    extraFronts: args.fleet.fronts.map((front) => front.name).filter((name) => !always.has(name)),
    groupPolicy: "soft-anti-affinity",
    tasks: prestashop.tasks.map(({ name, every, command }) => ({ name, everySeconds: every.inSeconds(), command })),
  };
}

function planFront(front: Member, { prestashop }: LorSettings, prefix: string): ServerPlan {
  const address = prestashop.addresses.find((_, index) => frontName(index) === front.name);
  if (address === undefined) {
    throw new LorError({
      code: "addresses-too-few",
      message: `front ${front.name} has no address`,
      exit: 2,
      culprit: "user",
      path: "prestashop.addresses",
      seen: `${prestashop.addresses.length} addresses`,
      accepted: "one address for each front, in the order of their index",
    });
  }
  const volumeGigabytes = prestashop.disk.in("GB");
  return {
    name: front.name,
    cloudName: `${prefix}-${front.name}`,
    size: front.size,
    flavor: cloudFlavor(front.size, prestashop.flavorFamily, "prestashop.frontsFlavor"),
    image: prestashop.image,
    address: address.toString(),
    volume: { cloudName: `${prefix}-${front.name}-data`, gigabytes: volumeGigabytes, type: volumeType },
  };
}

function planOdoo({ odoo, certificates, administration }: LorSettings, prefix: string): OdooPlan {
  const source = certificateSettings(certificates, administration.email);
  return {
    domain: odoo.domain,
    release: odoo.release,
    server: {
      name: "odoo",
      cloudName: `${prefix}-odoo`,
      size: odoo.flavor,
      flavor: cloudFlavor(odoo.flavor, odoo.flavorFamily, "odoo.flavor"),
      image: odoo.image,
      address: odoo.address.toString(),
      volume: { cloudName: `${prefix}-odoo-data`, gigabytes: odoo.disk.in("GB"), type: volumeType },
    },
    ...(source.kind === "acme" ? { authority: { directory: source.directory, email: source.email } } : {}),
    filestore: {
      copyEverySeconds: odoo.filestore.copyEvery.inSeconds(),
      copyTimeoutSeconds: odoo.filestore.copyTimeout.inSeconds(),
    },
    ...(odoo.allowFrom === undefined ? {} : { allowFrom: odoo.allowFrom.map((network) => network.toString()) }),
    ...(odoo.wkhtmltopdf === undefined ? {} : { wkhtmltopdf: odoo.wkhtmltopdf }),
  };
}

function planAccess({ access, prestashop, odoo }: LorSettings, prefix: string): AccessPlan | undefined {
  if (access === undefined) return undefined;
  const { bastion } = access;
  return {
    // The comment of a key is its owner's, often an e-mail address; the name of the settings identifies it.
    administrators: access.administrators.map(({ name, key }) => ({ name, key: withoutComment(key) })),
    allowFrom: access.allowFrom.map((network) => network.toString()),
    bastion: {
      name: "bastion",
      cloudName: `${prefix}-bastion`,
      size: bastion.flavor,
      flavor: cloudFlavor(bastion.flavor, "classic", "access.bastion.flavor"),
      image: bastion.image,
      address: bastion.address.toString(),
    },
    shell: bastion.shell,
    // Those of every profile: the bastion's configuration does not change during a switch.
    machines: [
      ...prestashop.addresses.map((address, index) => ({ name: frontName(index), address })),
      { name: "odoo", address: odoo.address },
    ].map(({ name, address }) => ({ name, cloudName: `${prefix}-${name}`, address: address.toString() })),
  };
}

function planLogs({ target, keep }: LogsSettings): NonNullable<LorPlan["logs"]> {
  const keepSeconds = keep.inSeconds();
  return target === "object-storage" ? { keepSeconds } : { server: target, keepSeconds };
}

function planDatabase(settings: LorSettings, prefix: string, engine: "mysql" | "postgresql"): DatabasePlan {
  const database: DatabaseSettings = settings[engine];
  const offer = findDatabasePlan(database.plan);
  if (offer === undefined) throw notSold(`${engine}.plan`, database.plan);
  const client = engine === "mysql" ? settings.network.subnets.prestashop : settings.network.subnets.odoo;
  const application = engine === "mysql" ? "prestashop" : "odoo";
  return {
    engine,
    cloudName: `${prefix}-${engine}`,
    version: database.version,
    plan: database.plan,
    flavor: database.flavor,
    nodes: offer.nodes,
    diskGigabytes: database.disk.in("GB"),
    backupTime: database.backupTime,
    backupRegions: [settings.region.database, settings.region.offsite],
    retentionDays: offer.retentionDays,
    database: application,
    user: application,
    ...(engine === "postgresql" && settings.postgresql.adoptAdministrator ? { adoptAdministrator: true } : {}),
    allowedFrom: [client.cidr.toString()],
  };
}

function planStorage({ region, storage }: LorSettings, prefix: string): StoragePlan {
  const gigabytes = storage.size.in("GB");
  return {
    images: { cloudName: `${prefix}-images`, region: region.storage, gigabytes },
    copies: { cloudName: `${prefix}-copies`, region: region.offsite, gigabytes },
    imagesCopy: {
      copyEverySeconds: storage.copy.copyEvery.inSeconds(),
      copyTimeoutSeconds: storage.copy.copyTimeout.inSeconds(),
    },
    configuration: { cloudName: `${prefix}-configuration`, region: region.storage },
  };
}

/** Extra fronts have none: the backups would outlive them and stay billed, and a front holds no data of its own. */
function planBackups(settings: LorSettings, shop: ShopPlan, odoo: OdooPlan): readonly InstanceBackupPlan[] {
  const { cron, keep } = settings.backups.instances;
  const lasting = shop.fronts.filter((front) => !shop.extraFronts.includes(front.name));
  return [...lasting, odoo.server].map((server) => ({
    server: server.name,
    cloudName: `${server.cloudName}-backup`,
    cron,
    keep,
  }));
}

function cloudFlavor(size: string, family: "flex" | "classic", path: string): string {
  const flavor = findCloudFlavor(size, family);
  if (flavor === undefined) throw notSold(path, size);
  return flavor;
}

function loadBalancerFlavor(bandwidth: number): string {
  const flavor = findLoadBalancerFlavor(bandwidth);
  if (flavor === undefined) throw notSold("loadBalancer.bandwidth", `${bandwidth}`);
  return flavor;
}

function notSold(path: string, seen: string): LorError {
  return new LorError({
    code: "flavor-unknown",
    message: `the plan has a size that is not sold`,
    exit: 2,
    culprit: "user",
    path,
    seen,
    accepted: "a size of the catalogue",
  });
}
