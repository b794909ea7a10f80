import { partNames } from "./address-plan.ts";

type Setting = string | ((name: string) => string);

const serverSetting = (property: "flavor" | "disk" | "image" | "address") => (name: string) => {
  if (name === "bastion") return property === "disk" ? "access.bastion" : `access.bastion.${property}`;
  if (!name.startsWith("ps-")) return `odoo.${property}`;
  return `prestashop.${{ flavor: "frontsFlavor", disk: "disk", image: "image", address: "addresses" }[property]}`;
};
const subnetSetting = (property: "cidr" | "vlan") => (name: string) =>
  name === partNames.access
    ? `access.subnet.${property}`
    : `network.subnets.${Object.entries(partNames).find(([, part]) => part === name)?.[0] ?? name}.${property}`;
const ruleSetting = (name: string) => (name.startsWith("access-") ? "access.allowFrom" : "network.subnets");
const databaseSetting = (property: string) => (engine: string) => `${engine}.${property}`;

/** Type -> first part of a property's path -> setting. */
const settings: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  "openstack:compute/instance:Instance": { flavorName: serverSetting("flavor"), imageId: serverSetting("image") },
  "openstack:blockstorage/volume:Volume": { size: serverSetting("disk") },
  "openstack:networking/port:Port": { fixedIps: serverSetting("address") },
  "openstack:networking/network:Network": { valueSpecs: subnetSetting("vlan") },
  "openstack:networking/subnet:Subnet": {
    cidr: subnetSetting("cidr"),
    gatewayIp: subnetSetting("cidr"),
    allocationPools: subnetSetting("cidr"),
  },
  "openstack:networking/secGroupRule:SecGroupRule": { remoteIpPrefix: ruleSetting },
  "openstack:networking/router:Router": { externalNetworkId: "network.externalNetwork" },
  "openstack:networking/floatingIp:FloatingIp": { pool: "network.externalNetwork" },
  "openstack:loadbalancer/loadBalancer:LoadBalancer": { vipAddress: "loadBalancer.address" },
  "openstack:loadbalancer/member:Member": { address: "prestashop.addresses" },
  "ovh:CloudProject/loadBalancer:LoadBalancer": { flavorId: "loadBalancer.bandwidth" },
  "ovh:CloudProject/database:Database": {
    version: databaseSetting("version"),
    plan: databaseSetting("plan"),
    flavor: databaseSetting("flavor"),
    diskSize: databaseSetting("disk"),
    backupTime: databaseSetting("backupTime"),
    backupRegions: "region.offsite",
    ipRestrictions: "network.subnets",
    nodes: databaseSetting("plan"),
  },
  "ovh:CloudProject/workflowBackup:WorkflowBackup": {
    cron: "backups.instances.cron",
    rotation: "backups.instances.keep",
  },
};

/** Setting of a resource's property, such as `mysql.plan`; undefined when there is none. */
export function settingOf(
  { type, name }: { readonly type: string; readonly name: string },
  path: string,
): string | undefined {
  const setting = settings[type]?.[path.split(/[.[]/, 1)[0] ?? path];
  return typeof setting === "function" ? setting(name.replace(/-data$/, "")) : setting;
}
