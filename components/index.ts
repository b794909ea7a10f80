/** The components, for programs of one's own: each class with its arguments and with what it hands on. */
export { Component, type DataProtection } from "./base/component.ts";
export type { Transform } from "./base/transform.ts";
export { GuestConfiguration, type GuestConfigurationArgs } from "./openstack/guest-configuration.ts";
export type { NetworkPart } from "./openstack/network-part.ts";
export type { Server, ServerNodes, ServerTransforms } from "./openstack/server.ts";
export { BackupPolicy, type BackupPolicyArgs, type InstanceBackup } from "./ovh/backup-policy.ts";
export { LoadBalancer, type LoadBalancerArgs } from "./ovh/load-balancer.ts";
export { ManagedDb, type ManagedDbArgs } from "./ovh/managed-db.ts";
export { type Bucket, type BucketAccess, ObjectStorage, type ObjectStorageArgs } from "./ovh/object-storage.ts";
export { OdooTier, type OdooTierArgs } from "./ovh/odoo-tier.ts";
export { type FrontNodes, PrestaShopTier, type PrestaShopTierArgs } from "./ovh/presta-shop-tier.ts";
export { type Firewall, type FirewallRule, VRack, type VRackArgs, type VRackSubnet } from "./ovh/v-rack.ts";
