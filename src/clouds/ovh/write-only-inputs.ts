/**
 * Inputs that a provider accepts but never reads back. An adopted resource would show them as a difference, some of them as a replace, so the
 * adopting run ignores them.
 *
 * Sources: terraform-provider-openstack v1.54.1 (fields of each schema that no Read sets), terraform-provider-ovh
 * (LoadBalancer: listeners; Storage: hideObjects; User: its roles; WorkflowBackup: rotation and maxExecutionCount). The local
 * cloud's provider leaves out at least as much of each resource (a test compares the two lists).
 */
const writeOnly: Readonly<Record<string, readonly string[]>> = {
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

export function writeOnlyInputs(type: string): readonly string[] {
  return writeOnly[type] ?? [];
}

/**
 * Inputs that an import sets although the program does not. A pool's provider cannot read whether the pool was created for a load balancer or for
 * a listener, and sets the first listener that uses it (terraform-provider-openstack v1.54.1, import_openstack_lb_pool_v2.go). Either input forces a
 * replace.
 */
const importOnly: Readonly<Record<string, readonly string[]>> = {
  "openstack:loadbalancer/pool:Pool": ["listenerId"],
};

export function importOnlyInputs(type: string): readonly string[] {
  return importOnly[type] ?? [];
}

/**
 * Types with a required write-only input: the engine's import would refuse them for its absence, so such a resource is inserted into the state
 * with the inputs that the program gives it.
 */
const notImportable: ReadonlySet<string> = new Set([
  // Its provider has no import.
  "openstack:objectstorage/containerObject:ContainerObject",
  "ovh:CloudProject/loadBalancer:LoadBalancer",
  "ovh:CloudProject/workflowBackup:WorkflowBackup",
]);

export function isImportable(type: string): boolean {
  return !notImportable.has(type);
}
