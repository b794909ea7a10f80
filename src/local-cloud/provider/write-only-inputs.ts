/** Inputs of a made text that it does not show: all but its length. */
export const textClasses: readonly string[] = [
  "keepers",
  "lower",
  "minLower",
  "minNumeric",
  "minSpecial",
  "minUpper",
  "number",
  "numeric",
  "overrideSpecial",
  "special",
  "upper",
];

/**
 * Inputs that the real provider never reads back, so that an imported resource lacks them: an adoption has to ignore their changes, and
 * to put them into the state afterwards where they would replace. Sources: the Read functions of terraform-provider-openstack v1.54.1;
 * ovh/terraform-provider-ovh v2.19.0 (those marked with ? are not certain, and treated as write-only to be safe).
 */
export const writeOnlyInputs: Readonly<Record<string, readonly string[]>> = {
  "openstack:compute/instance:Instance": ["userData", "schedulerHints", "forceDelete", "stopBeforeDestroy"],
  "openstack:blockstorage/volume:Volume": ["enableOnlineResize"],
  "openstack:networking/network:Network": ["valueSpecs"],
  "openstack:networking/subnet:Subnet": ["hostRoutes"],
  "openstack:networking/port:Port": ["fixedIps", "securityGroupIds", "noFixedIp", "noSecurityGroups"],
  "openstack:networking/routerInterface:RouterInterface": ["forceDestroy"],
  "openstack:networking/secGroup:SecGroup": ["deleteDefaultRules"],
  "openstack:objectstorage/container:Container": ["metadata", "contentType", "forceDestroy"],
  "openstack:keymanager/secretV1:SecretV1": ["payloadContentEncoding"],
  // network: ?
  "ovh:CloudProject/loadBalancer:LoadBalancer": ["network", "listeners"],
  "ovh:CloudProject/storage:Storage": ["hideObjects"],
  "ovh:CloudProject/user:User": ["roleName", "roleNames", "passwordReset"],
  "ovh:CloudProject/workflowBackup:WorkflowBackup": ["rotation"],
  "ovh:CloudProjectDatabase/user:User": ["passwordReset"],
  "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser": ["passwordReset"],
  "random:index/randomId:RandomId": ["keepers"],
  "random:index/randomPassword:RandomPassword": textClasses,
  "random:index/randomString:RandomString": textClasses,
  "random:index/randomUuid:RandomUuid": ["keepers"],
};

/** The real provider has no import for them; creating them again changes nothing (a PUT of the same content). */
export const notImportable: readonly string[] = ["openstack:objectstorage/containerObject:ContainerObject"];
