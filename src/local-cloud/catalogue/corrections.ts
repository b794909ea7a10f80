import type { Property } from "./shape.ts";

/**
 * Inputs whose change forces a replace, where the declarations' comments omit it or are wrong. Each line names its source:
 * TFO = ovh/terraform-provider-ovh v2.19.0, folder ovh/ (the provider that @ovhcloud/pulumi-ovh 2.19.1 wraps);
 * TFR = hashicorp/terraform-provider-random, folder internal/provider/.
 */
export interface Correction {
  readonly source: string;
  /** Inputs whose change makes a new resource; `*` is every input. */
  readonly replaces: readonly string[];
  /** Exceptions from `*`: changed in place. */
  readonly inPlace?: readonly string[];
  /** Inputs that the provider fills in when they are left out. */
  readonly computed?: readonly string[];
  /** Lists whose order means nothing. */
  readonly sets?: readonly string[];
  /** Lists that grow and shrink without a replace although a change inside an element replaces. */
  readonly resizable?: readonly string[];
  readonly defaults?: Readonly<Record<string, string | number | boolean>>;
  readonly secret?: readonly string[];
}

/** Of the two types that make a text. */
const textDefaults = Object.freeze({
  lower: true,
  upper: true,
  numeric: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
});

export const corrections: Readonly<Record<string, Correction>> = {
  "ovh:CloudProject/database:Database": {
    source:
      "TFO resource_cloud_project_database.go: ForceNew on service_name and engine, CustomizeDiff on nodes (region, network_id)",
    replaces: ["serviceName", "engine", "nodes.region", "nodes.networkId"],
    computed: [
      "serviceName",
      "backupRegions",
      "backupTime",
      "diskSize",
      "maintenanceTime",
      "advancedConfiguration",
      "ipRestrictions.status",
    ],
    sets: ["ipRestrictions"],
    resizable: ["nodes"],
  },
  "ovh:CloudProject/loadBalancer:LoadBalancer": {
    source: "TFO resource_cloud_project_loadbalancer_gen.go: RequiresReplace; Update sends name, description, flavorId",
    replaces: ["*"],
    inPlace: ["name", "description", "flavorId"],
    computed: ["serviceName"],
  },
  "ovh:CloudProject/storage:Storage": {
    source:
      "TFO resource_cloud_project_storage_gen.go: RequiresReplace on service_name, region_name, name; object lock on/off",
    replaces: ["serviceName", "regionName", "name", "objectLock.status"],
    computed: [
      "serviceName",
      "encryption",
      "versioning",
      "objectLock",
      "ownerId",
      "replication.rules.id",
      "replication.rules.priority",
      "replication.rules.filter",
      "replication.rules.destination.storageClass",
      "replication.rules.destination.removeOnMainBucketDeletion",
    ],
  },
  "ovh:CloudProject/user:User": {
    source:
      "TFO resource_cloud_project_user.go: ForceNew on service_name and description; roles and password_reset by update",
    replaces: ["serviceName", "description"],
    computed: ["serviceName", "openstackRc"],
  },
  "ovh:CloudProject/s3Credential:S3Credential": {
    source: "TFO resource_cloud_project_user_s3_credential.go: no update",
    replaces: ["*"],
    computed: ["serviceName"],
  },
  "ovh:CloudProject/s3Policy:S3Policy": {
    source: "TFO resource_cloud_project_user_s3_policy.go: ForceNew on service_name and user_id",
    replaces: ["serviceName", "userId"],
    computed: ["serviceName"],
  },
  "ovh:CloudProject/workflowBackup:WorkflowBackup": {
    source:
      "TFO resource_cloud_project_workflow_backup.go: 'No endpoint to update the workflow hence all attributes are ForceNew'",
    replaces: ["*"],
    computed: ["serviceName", "backupName"],
    defaults: { maxExecutionCount: 0 },
  },
  "ovh:CloudProjectDatabase/user:User": {
    source: "TFO resource_cloud_project_database_user.go: password_reset alone by update",
    replaces: ["*"],
    inPlace: ["passwordReset"],
    computed: ["serviceName"],
  },
  "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser": {
    source: "TFO resource_cloud_project_database_postgresql_user.go: roles and password_reset by update",
    replaces: ["*"],
    inPlace: ["roles", "passwordReset"],
    computed: ["serviceName"],
  },
  "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance": {
    source: "TFO resource_cloud_project_database_database.go: no update",
    replaces: ["*"],
    computed: ["serviceName"],
  },
  "ovh:Domain/zoneRecord:ZoneRecord": {
    source: "TFO resource_domain_zone_record.go: ForceNew on zone and fieldtype; Update sends subDomain, target, ttl",
    replaces: ["zone", "fieldtype"],
    defaults: { ttl: 0 },
  },
  "ovh:Vrack/cloudProject:CloudProject": {
    source: "TFO resource_vrack_cloudproject.go: no update",
    replaces: ["*"],
    computed: ["serviceName", "projectId"],
  },
  "random:index/randomId:RandomId": {
    source: "TFR resource_id.go: RequiresReplace on every attribute",
    replaces: ["*"],
  },
  "random:index/randomPassword:RandomPassword": {
    source: "TFR resource_password.go: RequiresReplace on every attribute, defaults of the string schema",
    replaces: ["*"],
    defaults: textDefaults,
  },
  "random:index/randomString:RandomString": {
    source: "TFR resource_string.go: RequiresReplace on every attribute, defaults of the string schema",
    replaces: ["*"],
    defaults: textDefaults,
  },
  "random:index/randomUuid:RandomUuid": {
    source: "TFR resource_uuid.go: RequiresReplace on every attribute",
    replaces: ["*"],
  },
};

/**
 * How the real provider keeps and compares a value, which its printed schema does not say. Source: terraform-provider-openstack v1.54.1,
 * StateFunc and DiffSuppressFunc in resource_openstack_compute_instance_v2.go, …_networking_secgroup_rule_v2.go, …_keymanager_secret_v1.go.
 */
export const comparisons: Readonly<Record<string, Readonly<Record<string, Pick<Property, "kept" | "tolerates">>>>> = {
  "openstack:compute/instance:Instance": {
    userData: { kept: "sha1" },
    powerState: { tolerates: ["error", "migrating"] },
  },
  "openstack:networking/secGroupRule:SecGroupRule": { remoteIpPrefix: { kept: "lower-case" } },
  "openstack:keymanager/secretV1:SecretV1": { payload: { kept: "trimmed" } },
};
