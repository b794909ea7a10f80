import type { Charge, PlanItem } from "../../domain/plan-item.ts";
import { guestSecretNames } from "../../machines/render-document.ts";
import { partNames } from "./address-plan.ts";
import { managedRecords } from "./dns.ts";
import type { DatabasePlan, LorPlan, MachinePlan, ServerPlan } from "./plan-model.ts";

/** Every resource that `buildLor` creates from the same Plan, in the order of the components. */
export function planItems(plan: LorPlan): readonly PlanItem[] {
  return [
    ...networkItems(plan),
    ...storageItems(plan),
    ...configurationItems(),
    ...databaseItems(plan.mysql),
    ...databaseItems(plan.postgresql),
    ...loadBalancerItems(plan),
    ...shopItems(plan),
    ...odooItems(plan),
    ...backupItems(plan),
    ...bastionItems(plan),
    ...dnsItems(plan),
  ];
}

function networkItems(plan: LorPlan): readonly PlanItem[] {
  const item = itemsOf("VRack");
  return [
    item("ovh:Vrack/cloudProject:CloudProject", "vrack"),
    item("openstack:networking/router:Router", "router", { serves: true, charge: { kind: "router" } }),
    ...plan.network.subnets.flatMap(({ part }) => [
      item("openstack:networking/network:Network", partNames[part], { serves: true }),
      item("openstack:networking/subnet:Subnet", partNames[part], { serves: true }),
      item("openstack:networking/routerInterface:RouterInterface", partNames[part], { serves: true }),
    ]),
    ...plan.network.firewalls.flatMap((firewall) => [
      item("openstack:networking/secGroup:SecGroup", firewall.part),
      ...firewall.rules.map((rule) => item("openstack:networking/secGroupRule:SecGroupRule", rule.name)),
    ]),
  ];
}

function storageItems(plan: LorPlan): readonly PlanItem[] {
  const item = itemsOf("ObjectStorage");
  const bucket = (name: string, serves: boolean, charge: Charge): readonly PlanItem[] => [
    item("ovh:CloudProject/storage:Storage", name, { holdsData: true, serves, charge }),
    item("ovh:CloudProject/user:User", name, { serves }),
    item("ovh:CloudProject/s3Credential:S3Credential", name, { serves }),
    item("ovh:CloudProject/s3Policy:S3Policy", name, { serves }),
  ];
  const { images, copies } = plan.storage;
  return [
    ...bucket("copies", false, { kind: "object-storage-copy", gigabytes: copies.gigabytes }),
    ...bucket("images", true, { kind: "object-storage", gigabytes: images.gigabytes }),
  ];
}

function configurationItems(): readonly PlanItem[] {
  const item = itemsOf("GuestConfiguration");
  return [
    item("random:index/randomPassword:RandomPassword", "configuration"),
    item("openstack:objectstorage/container:Container", "configuration"),
  ];
}

function databaseItems({ engine, plan, flavor, nodes, adoptAdministrator }: DatabasePlan): readonly PlanItem[] {
  const item = itemsOf("ManagedDb");
  const user =
    engine === "mysql"
      ? "ovh:CloudProjectDatabase/user:User"
      : "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser";
  return [
    item("ovh:CloudProject/database:Database", engine, {
      holdsData: true,
      serves: true,
      charge: { kind: "database", engine, plan, flavor, nodes },
    }),
    item(user, engine, { serves: true }),
    ...(adoptAdministrator === true ? [item(user, `${engine}-administrator`)] : []),
    item("ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance", engine, { holdsData: true, serves: true }),
  ];
}

function loadBalancerItems({ loadBalancer }: LorPlan): readonly PlanItem[] {
  const item = itemsOf("LoadBalancer");
  const name = partNames.loadBalancer;
  const charge: Charge = { kind: "load-balancer", bandwidth: loadBalancer.bandwidth };
  const shell =
    loadBalancer.driver === "ovh"
      ? [item("ovh:CloudProject/loadBalancer:LoadBalancer", name, { serves: true, charge })]
      : [
          item("openstack:loadbalancer/loadBalancer:LoadBalancer", name, { serves: true, charge }),
          item("openstack:networking/floatingIpAssociate:FloatingIpAssociate", name, { serves: true }),
        ];
  return [
    item("openstack:networking/floatingIp:FloatingIp", name, { serves: true, charge: { kind: "floating-address" } }),
    ...shell,
    item("openstack:keymanager/secretV1:SecretV1", name),
    item("openstack:loadbalancer/pool:Pool", name, { serves: true }),
    item("openstack:loadbalancer/monitor:Monitor", name),
    item("openstack:loadbalancer/listener:Listener", "http", { serves: true }),
    item("openstack:loadbalancer/listener:Listener", "https", { serves: true }),
  ];
}

function shopItems({ shop }: LorPlan): readonly PlanItem[] {
  const item = itemsOf("PrestaShopTier");
  const name = partNames.prestashop;
  return [
    item("openstack:compute/serverGroup:ServerGroup", name),
    ...guestSecretNames.prestashop.map((secret) =>
      item("random:index/randomPassword:RandomPassword", `${name}-${secret}`),
    ),
    ...shop.fronts.flatMap((front) => [
      ...[
        ...serverItems(item, front, false),
        item("openstack:loadbalancer/member:Member", front.name, { serves: true }),
      ].map((part) => ({ ...part, member: front.name })),
    ]),
  ];
}

function odooItems({ odoo: { server } }: LorPlan): readonly PlanItem[] {
  const item = itemsOf("OdooTier");
  return [
    item("openstack:networking/floatingIp:FloatingIp", server.name, {
      serves: true,
      charge: { kind: "floating-address" },
    }),
    ...guestSecretNames.odoo.map((secret) =>
      item("random:index/randomPassword:RandomPassword", `${server.name}-${secret}`),
    ),
    ...serverItems(item, server, true),
    item("openstack:networking/floatingIpAssociate:FloatingIpAssociate", server.name, { serves: true }),
  ];
}

function dnsItems(plan: LorPlan): readonly PlanItem[] {
  const item = itemsOf("DnsRecords");
  return managedRecords(plan).map(({ name }) => item("ovh:Domain/zoneRecord:ZoneRecord", name, { serves: true }));
}

function backupItems(plan: LorPlan): readonly PlanItem[] {
  const item = itemsOf("BackupPolicy");
  const fronts = new Set(plan.shop.fronts.map((front) => front.name));
  return plan.backups.map(({ server, keep }) =>
    item("ovh:CloudProject/workflowBackup:WorkflowBackup", server, {
      charge: { kind: "instance-backup", copies: keep },
      ...(fronts.has(server) ? { member: server } : {}),
    }),
  );
}

function bastionItems({ access }: LorPlan): readonly PlanItem[] {
  if (access === undefined) return [];
  const item = itemsOf("Bastion");
  const { name } = access.bastion;
  return [
    item("openstack:networking/floatingIp:FloatingIp", name, { charge: { kind: "floating-address" } }),
    ...machineItems(item, access.bastion, false),
    item("openstack:networking/floatingIpAssociate:FloatingIpAssociate", name),
  ];
}

/** Port, document and machine. */
function machineItems(item: NewItem, { name, size }: MachinePlan, serves: boolean): readonly PlanItem[] {
  return [
    item("openstack:networking/port:Port", name, { serves }),
    item("openstack:objectstorage/containerObject:ContainerObject", name),
    item("openstack:compute/instance:Instance", name, { serves, charge: { kind: "instance", size } }),
  ];
}

/** Those of the machine, volume and attachment of one server. */
function serverItems(item: NewItem, server: ServerPlan, volumeHoldsData: boolean): readonly PlanItem[] {
  const { name, volume } = server;
  return [
    ...machineItems(item, server, true),
    item("openstack:blockstorage/volume:Volume", `${name}-data`, {
      serves: true,
      holdsData: volumeHoldsData,
      charge: { kind: "volume", volumeType: volume.type, gigabytes: volume.gigabytes },
    }),
    item("openstack:compute/volumeAttach:VolumeAttach", `${name}-data`, { serves: true }),
  ];
}

type NewItem = (type: string, name: string, more?: Partial<Omit<PlanItem, "type" | "name" | "component">>) => PlanItem;

/** Items of one component: by default free, without data and without traffic. */
function itemsOf(component: string): NewItem {
  return (type, name, more) => ({
    name,
    type,
    component,
    holdsData: false,
    serves: false,
    charge: { kind: "free" },
    ...more,
  });
}
