import type { Property } from "./shape.ts";

/**
 * What neither the provider's printed schema (openstack-schema.json, ovh-schema.json) nor the declarations' comments say. Each line names its source:
 * TFO = ovh/terraform-provider-ovh v2.19.0, folder ovh/ (the provider that @ovhcloud/pulumi-ovh 2.19.1 wraps);
 * TFR = hashicorp/terraform-provider-random, folder internal/provider/.
 */
export interface Correction {
  readonly source: string;
  /** Inputs whose change makes a new resource; `*` is every input. */
  readonly replaces: readonly string[];
  /** Exceptions from `*`: changed in place. */
  readonly inPlace?: readonly string[];
  /** Inputs that are needed although the SDK lets them be left out. */
  readonly required?: readonly string[];
  /** Input -> output that its change renews. */
  readonly renews?: Readonly<Record<string, string>>;
  /** Inputs that cannot be taken away again without a new resource. */
  readonly locks?: readonly string[];
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
  "ovh:CloudProject/storage:Storage": {
    source:
      "TFO resource_cloud_project_storage.go: ModifyPlan of object_lock; without a destination its name is missing",
    replaces: ["objectLock.status"],
    locks: ["objectLock"],
    required: ["replication.rules.destination"],
  },
  "ovh:CloudProjectDatabase/user:User": {
    source: "TFO resource_cloud_project_database_user.go: CustomizeDiff",
    replaces: [],
    renews: { passwordReset: "password" },
  },
  "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser": {
    source: "TFO resource_cloud_project_database_postgresql_user.go: CustomizeDiff",
    replaces: [],
    renews: { passwordReset: "password" },
  },
  "ovh:Vrack/cloudProject:CloudProject": {
    source: "TFO resource_vrack_cloudproject.go: default from OVH_VRACK_SERVICE, which nothing here sets",
    replaces: [],
    required: ["serviceName"],
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
 * StateFunc and DiffSuppressFunc in resource_openstack_compute_instance_v2.go, …_networking_secgroup_rule_v2.go, …_keymanager_secret_v1.go;
 * terraform-provider-ovh v2.19.0, resource_domain_zone_record.go.
 */
export const comparisons: Readonly<
  Record<string, Readonly<Record<string, Pick<Property, "kept" | "quoted" | "tolerates">>>>
> = {
  "openstack:compute/instance:Instance": {
    userData: { kept: "sha1" },
    powerState: { tolerates: ["error", "migrating"] },
  },
  "openstack:networking/secGroupRule:SecGroupRule": { remoteIpPrefix: { kept: "lower-case" } },
  "openstack:keymanager/secretV1:SecretV1": { payload: { kept: "trimmed" } },
  "ovh:Domain/zoneRecord:ZoneRecord": { target: { quoted: true } },
};
