/** The components, for programs of one's own: each class with its arguments, its transforms and the resources that it creates. */

export type {
  BastionDocument,
  GuestDocument,
  GuestFile,
  GuestRole,
  LogShipping,
  MachineDocument,
} from "../src/machines/document.ts";
export { Component, type DataProtection } from "./base/component.ts";
export type { Child, Transform } from "./base/transform.ts";
export {
  GuestConfiguration,
  type GuestConfigurationArgs,
  type GuestConfigurationNodes,
  type GuestConfigurationTransforms,
  type LogsArgs,
} from "./openstack/guest-configuration.ts";
export type { NetworkPart } from "./openstack/network-part.ts";
export type {
  Machine,
  MachineNodes,
  MachineTransforms,
  Server,
  ServerNodes,
  ServerTransforms,
} from "./openstack/server.ts";
export {
  BackupPolicy,
  type BackupPolicyArgs,
  type BackupPolicyNodes,
  type BackupPolicyTransforms,
  type InstanceBackup,
} from "./ovh/backup-policy.ts";
export {
  Bastion,
  type BastionArgs,
  type BastionNodes,
  type BastionTransforms,
} from "./ovh/bastion.ts";
export {
  type DnsRecord,
  DnsRecords,
  type DnsRecordsArgs,
  type DnsRecordsNodes,
  type DnsRecordsTransforms,
} from "./ovh/dns-records.ts";
export {
  type ListenerTimeouts,
  LoadBalancer,
  type LoadBalancerArgs,
  type LoadBalancerNodes,
  type LoadBalancerTransforms,
} from "./ovh/load-balancer.ts";
export { ManagedDb, type ManagedDbArgs, type ManagedDbNodes, type ManagedDbTransforms } from "./ovh/managed-db.ts";
export {
  type Bucket,
  type BucketAccess,
  type BucketNodes,
  ObjectStorage,
  type ObjectStorageArgs,
  type ObjectStorageNodes,
  type ObjectStorageTransforms,
} from "./ovh/object-storage.ts";
export { OdooTier, type OdooTierArgs, type OdooTierNodes, type OdooTierTransforms } from "./ovh/odoo-tier.ts";
export {
  type FrontNodes,
  PrestaShopTier,
  type PrestaShopTierArgs,
  type PrestaShopTierNodes,
  type PrestaShopTierTransforms,
} from "./ovh/presta-shop-tier.ts";
export {
  type Firewall,
  type FirewallRule,
  VRack,
  type VRackArgs,
  type VRackNodes,
  type VRackSubnet,
  type VRackTransforms,
} from "./ovh/v-rack.ts";
