/** The declarations that the catalogue is made from: SDK package, version-independent folder, and the modules that Lor uses. */
export interface SupportedPackage {
  /** Pulumi package name, first part of a type token. */
  readonly name: "openstack" | "ovh" | "random";
  /** npm package of the official SDK. */
  readonly npm: string;
  /** Module path inside the SDK (without extension) -> resource of the Terraform provider behind it, where its schema is known. */
  readonly resources: Readonly<Record<string, string | undefined>>;
  readonly functions: readonly string[];
}

export const supportedPackages: readonly SupportedPackage[] = [
  {
    name: "openstack",
    npm: "@pulumi/openstack",
    resources: {
      "compute/instance": "openstack_compute_instance_v2",
      "compute/keypair": "openstack_compute_keypair_v2",
      "compute/serverGroup": "openstack_compute_servergroup_v2",
      "compute/volumeAttach": "openstack_compute_volume_attach_v2",
      "blockstorage/volume": "openstack_blockstorage_volume_v3",
      "networking/network": "openstack_networking_network_v2",
      "networking/subnet": "openstack_networking_subnet_v2",
      "networking/port": "openstack_networking_port_v2",
      "networking/router": "openstack_networking_router_v2",
      "networking/routerInterface": "openstack_networking_router_interface_v2",
      "networking/floatingIp": "openstack_networking_floatingip_v2",
      "networking/floatingIpAssociate": "openstack_networking_floatingip_associate_v2",
      "networking/secGroup": "openstack_networking_secgroup_v2",
      "networking/secGroupRule": "openstack_networking_secgroup_rule_v2",
      "loadbalancer/loadBalancer": "openstack_lb_loadbalancer_v2",
      "loadbalancer/listener": "openstack_lb_listener_v2",
      "loadbalancer/pool": "openstack_lb_pool_v2",
      "loadbalancer/member": "openstack_lb_member_v2",
      "loadbalancer/monitor": "openstack_lb_monitor_v2",
      "objectstorage/container": "openstack_objectstorage_container_v1",
      "objectstorage/containerObject": "openstack_objectstorage_object_v1",
      "keymanager/secretV1": "openstack_keymanager_secret_v1",
    },
    functions: ["compute/getFlavor", "images/getImage", "networking/getNetwork"],
  },
  {
    name: "ovh",
    npm: "@ovhcloud/pulumi-ovh",
    resources: {
      "cloudproject/database": "ovh_cloud_project_database",
      "cloudproject/loadBalancer": "ovh_cloud_project_loadbalancer",
      "cloudproject/storage": "ovh_cloud_project_storage",
      "cloudproject/user": "ovh_cloud_project_user",
      "cloudproject/s3credential": "ovh_cloud_project_user_s3_credential",
      "cloudproject/s3policy": "ovh_cloud_project_user_s3_policy",
      "cloudproject/workflowBackup": "ovh_cloud_project_workflow_backup",
      "cloudprojectdatabase/user": "ovh_cloud_project_database_user",
      "cloudprojectdatabase/postgresSqlUser": "ovh_cloud_project_database_postgresql_user",
      "cloudprojectdatabase/databaseInstance": "ovh_cloud_project_database_database",
      "domain/zoneRecord": "ovh_domain_zone_record",
      "vrack/cloudProject": "ovh_vrack_cloudproject",
    },
    functions: ["cloudproject/getLoadBalancerFlavors", "cloudproject/getFlavors"],
  },
  {
    name: "random",
    npm: "@pulumi/random",
    resources: { randomId: undefined, randomPassword: undefined, randomString: undefined, randomUuid: undefined },
    functions: [],
  },
];
