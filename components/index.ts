/** The components, for programs of one's own. */
export { Component } from "./base/component.ts";
export { GuestConfiguration } from "./openstack/guest-configuration.ts";
export { BackupPolicy } from "./ovh/backup-policy.ts";
export { LoadBalancer } from "./ovh/load-balancer.ts";
export { ManagedDb } from "./ovh/managed-db.ts";
export { ObjectStorage } from "./ovh/object-storage.ts";
export { OdooTier } from "./ovh/odoo-tier.ts";
export { PrestaShopTier } from "./ovh/presta-shop-tier.ts";
export { VRack } from "./ovh/v-rack.ts";
