/**
 * Inputs that a provider takes but never reads back: an adopted resource would show them as a difference, and some of them
 * as a replace, so they are ignored in the run that adopts.
 *
 * Sources: terraform-provider-openstack v1.54.1 (fields of each schema that no Read sets), terraform-provider-ovh
 * (LoadBalancer: listeners; Storage: hideObjects; User: its roles; WorkflowBackup: rotation and maxExecutionCount). The local
 * cloud's provider leaves out at least as much of each resource (a test compares the two lists).
 */
const UNREADABLE: Readonly<Record<string, readonly string[]>> = {
  "openstack:compute/instance:Instance": [
    "userData",
    "schedulerHints",
    "blockDevices",
    "imageId",
    "imageName",
    "networks",
    "configDrive",
    "personalities",
    "adminPass",
    "stopBeforeDestroy",
    "forceDelete",
    "vendorOptions",
  ],
  "openstack:compute/serverGroup:ServerGroup": ["valueSpecs"],
  "openstack:compute/keypair:Keypair": ["valueSpecs"],
  "openstack:compute/volumeAttach:VolumeAttach": ["multiattach", "vendorOptions"],
  "openstack:blockstorage/volume:Volume": [
    "enableOnlineResize",
    "schedulerHints",
    "multiattach",
    "sourceReplica",
    "consistencyGroupId",
  ],
  "openstack:networking/network:Network": ["valueSpecs"],
  "openstack:networking/subnet:Subnet": ["valueSpecs", "prefixLength", "hostRoutes"],
  "openstack:networking/port:Port": ["fixedIps", "noFixedIp", "securityGroupIds", "noSecurityGroups", "valueSpecs"],
  "openstack:networking/router:Router": ["valueSpecs", "vendorOptions", "externalSubnetIds"],
  "openstack:networking/routerInterface:RouterInterface": ["forceDestroy"],
  "openstack:networking/floatingIp:FloatingIp": ["valueSpecs", "subnetIds"],
  "openstack:networking/secGroup:SecGroup": ["deleteDefaultRules"],
  "openstack:loadbalancer/pool:Pool": ["loadbalancerId"],
  "openstack:objectstorage/container:Container": [
    "metadata",
    "forceDestroy",
    "contentType",
    "containerSyncTo",
    "containerSyncKey",
  ],
  "openstack:keymanager/secretV1:SecretV1": ["payload", "payloadContentType", "payloadContentEncoding"],
  "ovh:CloudProject/loadBalancer:LoadBalancer": ["listeners", "network"],
  "ovh:CloudProject/storage:Storage": ["hideObjects"],
  "ovh:CloudProject/user:User": ["roleName", "roleNames", "passwordReset"],
  "ovh:CloudProjectDatabase/user:User": ["passwordReset"],
  "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser": ["passwordReset"],
  "ovh:CloudProject/workflowBackup:WorkflowBackup": ["rotation", "maxExecutionCount"],
};

export function unreadable(type: string): readonly string[] {
  return UNREADABLE[type] ?? [];
}

/**
 * Inputs that an import makes up: a pool's provider cannot tell whether it was made for a load balancer or for a listener, and says the first
 * listener that uses it (terraform-provider-openstack v1.54.1, import_openstack_lb_pool_v2.go). Both replace.
 */
const MADE_UP: Readonly<Record<string, readonly string[]>> = {
  "openstack:loadbalancer/pool:Pool": ["listenerId"],
};

export function madeUp(type: string): readonly string[] {
  return MADE_UP[type] ?? [];
}

/**
 * Types of which a required input is among them: the engine's import would refuse the resource for want of it, so that it is entered into the
 * state instead, with the inputs that the program gives it.
 */
const NOT_IMPORTABLE: ReadonlySet<string> = new Set([
  // Its provider has no import at all.
  "openstack:objectstorage/containerObject:ContainerObject",
  "ovh:CloudProject/loadBalancer:LoadBalancer",
  "ovh:CloudProject/workflowBackup:WorkflowBackup",
]);

export function isImportable(type: string): boolean {
  return !NOT_IMPORTABLE.has(type);
}
