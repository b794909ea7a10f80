import { interpolate, type Output } from "@pulumi/pulumi";
import { GuestConfiguration } from "../../../components/openstack/guest-configuration.ts";
import { BackupPolicy } from "../../../components/ovh/backup-policy.ts";
import { Bastion } from "../../../components/ovh/bastion.ts";
import { DnsRecords } from "../../../components/ovh/dns-records.ts";
import { LoadBalancer } from "../../../components/ovh/load-balancer.ts";
import { ManagedDb } from "../../../components/ovh/managed-db.ts";
import { ObjectStorage } from "../../../components/ovh/object-storage.ts";
import { OdooTier } from "../../../components/ovh/odoo-tier.ts";
import { PrestaShopTier } from "../../../components/ovh/presta-shop-tier.ts";
import { VRack } from "../../../components/ovh/v-rack.ts";
import { authorizedKeys } from "../../machines/access/files.ts";
import type { BuildOptions } from "../contract.ts";
import { partNames } from "./address-plan.ts";
import { managedRecords } from "./dns.ts";
import type { AccessPlan, DatabasePlan, LorPlan } from "./plan-model.ts";

/** Creates the resources of a Plan and returns the stack's outputs. Called inside a Pulumi program. */
export async function buildLor(plan: LorPlan, options: BuildOptions): Promise<Record<string, unknown>> {
  const allowDataDeletion = options.allowDataDeletion === true;
  const { compute } = plan.region;
  const { externalNetwork } = plan.network;
  const login = {
    administratorKeys: administratorKeysOf(plan),
    ...(plan.access === undefined ? {} : { publishHostKeys: true }),
    ...(plan.logs === undefined ? {} : { logs: plan.logs }),
  };

  const network = new VRack("network", {
    vrack: plan.network.vrack,
    region: compute,
    routerName: `${plan.prefix}-router`,
    externalNetwork,
    subnets: plan.network.subnets.map((subnet) => ({ ...subnet, part: partNames[subnet.part] })),
    firewalls: plan.network.firewalls,
  });
  const storage = new ObjectStorage("storage", {
    projectId: network.projectId,
    images: plan.storage.images,
    copies: plan.storage.copies,
    // Odoo's server deletes its expired pairs of files and database dump.
    expirablePrefix: "sets/",
    allowDataDeletion,
  });
  const configuration = new GuestConfiguration("configuration", {
    cloudName: plan.storage.configuration.cloudName,
    region: plan.storage.configuration.region,
    accountUrl: swiftAccount(plan.storage.configuration.region, network.projectId),
    ...(plan.access === undefined && plan.logs === undefined ? {} : { writtenByMachines: true }),
  });
  const mysql = createDatabase(plan.mysql, plan, network, allowDataDeletion);
  const postgresql = createDatabase(plan.postgresql, plan, network, allowDataDeletion);
  const loadBalancer = new LoadBalancer("lb", {
    cloudName: plan.loadBalancer.cloudName,
    region: compute,
    driver: plan.loadBalancer.driver,
    flavor: plan.loadBalancer.flavor,
    address: plan.loadBalancer.address,
    network,
    part: partNames.loadBalancer,
    externalNetwork,
    healthPath: plan.loadBalancer.healthPath,
    timeouts: plan.loadBalancer.timeouts,
    tlsPkcs12: options.tlsPkcs12,
  });
  const mail = {
    ...(plan.mail === undefined ? {} : { mail: plan.mail }),
    ...(options.mailPassword === undefined ? {} : { mailPassword: options.mailPassword }),
  };
  const shop = new PrestaShopTier("prestashop", {
    region: compute,
    groupName: `${plan.prefix}-fronts`,
    groupPolicy: plan.shop.groupPolicy,
    fronts: plan.shop.fronts,
    extraFronts: plan.shop.extraFronts,
    chain: options.chain,
    placed: options.placed ?? [],
    joinDrained: options.joinDrained === true,
    domain: plan.shop.domain,
    release: plan.shop.release,
    ...login,
    ...(plan.shop.phpChildren === undefined ? {} : { phpChildren: plan.shop.phpChildren }),
    imagesCopy: plan.storage.imagesCopy,
    ...(options.acmeThumbprint === undefined ? {} : { acmeThumbprint: options.acmeThumbprint }),
    tasks: plan.shop.tasks,
    ...mail,
    network,
    part: partNames.prestashop,
    loadBalancer,
    trustedProxies: [network.part(partNames.loadBalancer).cidr, network.part(partNames.prestashop).cidr],
    database: mysql,
    storage,
    configuration,
    allowDataDeletion,
  });
  const odoo = new OdooTier("odoo", {
    region: compute,
    server: plan.odoo.server,
    domain: plan.odoo.domain,
    release: plan.odoo.release,
    ...login,
    filestore: plan.odoo.filestore,
    ...(plan.odoo.authority === undefined ? {} : { authority: plan.odoo.authority }),
    ...(plan.odoo.allowFrom === undefined ? {} : { allowFrom: plan.odoo.allowFrom }),
    ...(plan.odoo.wkhtmltopdf === undefined ? {} : { wkhtmltopdf: plan.odoo.wkhtmltopdf }),
    ...mail,
    network,
    part: partNames.odoo,
    externalNetwork,
    database: postgresql,
    storage,
    configuration,
    allowDataDeletion,
  });
  const instanceIds = new Map([...shop.instanceIds, [plan.odoo.server.name, odoo.instanceId]]);
  new BackupPolicy("backups", {
    region: compute,
    instances: plan.backups.map((backup) => ({ ...backup, instanceId: instanceIdOf(instanceIds, backup.server) })),
  });
  const bastion = plan.access === undefined ? undefined : createBastion(plan, plan.access, network, configuration);

  const records = managedRecords(plan);
  if (plan.dns.zone !== undefined && records.length > 0) {
    const addresses = { loadBalancer: loadBalancer.publicAddress, odoo: odoo.publicAddress };
    new DnsRecords("dns", {
      zone: plan.dns.zone,
      records: records.map(({ target, ...record }) => ({
        ...record,
        target: "value" in target ? target.value : addresses[target.addressOf],
      })),
    });
  }

  return {
    system: plan.system,
    addresses: {
      loadBalancer: { public: loadBalancer.publicAddress, private: loadBalancer.privateAddress },
      odoo: { public: odoo.publicAddress, private: plan.odoo.server.address },
      fronts: Object.fromEntries(plan.shop.fronts.map((front) => [front.name, front.address])),
      mysql: mysql.host,
      postgresql: postgresql.host,
      ...(bastion === undefined || plan.access === undefined
        ? {}
        : { bastion: { public: bastion.publicAddress, private: plan.access.bastion.address } }),
    },
    domains: { shop: plan.shop.domain, odoo: plan.odoo.domain },
    buckets: { images: plan.storage.images.cloudName, copies: plan.storage.copies.cloudName },
  };
}

function createDatabase(database: DatabasePlan, plan: LorPlan, network: VRack, allowDataDeletion: boolean): ManagedDb {
  return new ManagedDb(database.engine, {
    engine: database.engine,
    cloudName: database.cloudName,
    version: database.version,
    plan: database.plan,
    flavor: database.flavor,
    nodes: database.nodes,
    diskGigabytes: database.diskGigabytes,
    backupTime: database.backupTime,
    backupRegions: database.backupRegions,
    region: plan.region.database,
    place: network.part(partNames[database.engine]),
    allowedFrom: database.allowedFrom,
    database: database.database,
    user: database.user,
    ...(database.adoptAdministrator === true ? { adoptAdministrator: true } : {}),
    allowDataDeletion,
  });
}

function createBastion(plan: LorPlan, access: AccessPlan, network: VRack, configuration: GuestConfiguration): Bastion {
  return new Bastion("bastion", {
    region: plan.region.compute,
    server: access.bastion,
    administratorKeys: administratorKeysOf(plan),
    machines: access.machines.map(({ address }) => address),
    shell: access.shell,
    ...(plan.logs === undefined ? {} : { logs: plan.logs }),
    network,
    part: partNames.access,
    externalNetwork: plan.network.externalNetwork,
    configuration,
  });
}

/** Without access nobody can connect, and the one key of `administration` is as it always was. */
function administratorKeysOf({ administration, access }: LorPlan): readonly string[] {
  if (access === undefined) return [administration.sshPublicKey];
  return authorizedKeys(access.administrators);
}

/** Source: OVHcloud docs, object storage endpoints (Swift). */
function swiftAccount(region: string, projectId: Output<string> | undefined): Output<string> {
  if (projectId === undefined) throw new Error("the network is attached to no OVHcloud project");
  return interpolate`https://storage.${region.toLowerCase()}.cloud.ovh.net/v1/AUTH_${projectId}`;
}

function instanceIdOf(ids: ReadonlyMap<string, Output<string>>, server: string): Output<string> {
  const id = ids.get(server);
  if (id === undefined) throw new Error(`the plan backs up ${server}, which it does not build`);
  return id;
}
