import type { LocalCloud } from "../local-cloud.ts";
import type { InputRules } from "../provider/input-rules.ts";
import type { PackageAdapters } from "../provider/resource-adapter.ts";
import { needText, textOf } from "../provider/value-readers.ts";
import { WorkflowBackupAdapter } from "./backups/provider.ts";
import { DatabaseUserAdapter, LogicalDatabaseAdapter } from "./databases/parts-provider.ts";
import { DatabaseAdapter } from "./databases/provider.ts";
import { OvhLoadBalancerAdapter } from "./load-balancers/provider.ts";
import { StorageAdapter } from "./storage/provider.ts";
import { S3CredentialAdapter, S3PolicyAdapter, UserAdapter } from "./users/provider.ts";
import { VrackAttachmentAdapter } from "./vrack/provider.ts";
import { ZoneRecordAdapter } from "./zones/provider.ts";

/** Inputs that the real provider refuses before it calls the cloud. Source: ovh/terraform-provider-ovh v2.19.0, validators of the schemas. */
const inputRules: Readonly<Record<string, InputRules>> = {
  "ovh:CloudProject/database:Database": {
    oneOf: {
      engine: [
        "clickhouse",
        "grafana",
        "kafka",
        "kafkaConnect",
        "kafkaMirrorMaker",
        "mongodb",
        "mysql",
        "opensearch",
        "postgresql",
        "valkey",
      ],
    },
    shortest: { nodes: 1 },
  },
  "ovh:CloudProject/loadBalancer:LoadBalancer": {
    oneOf: { "network.private.gatewayCreate.model": ["2xl", "3xl", "l", "m", "s", "xl"] },
  },
  "ovh:CloudProject/storage:Storage": {
    oneOf: {
      "encryption.sseAlgorithm": ["AES256", "plaintext"],
      "objectLock.status": ["disabled", "enabled"],
      "objectLock.rule.mode": ["compliance", "governance"],
      "replication.rules.deleteMarkerReplication": ["disabled", "enabled"],
      "replication.rules.destination.storageClass": [
        "DEEP_ARCHIVE",
        "GLACIER",
        "GLACIER_IR",
        "HIGH_PERF",
        "INTELLIGENT_TIERING",
        "ONEZONE_IA",
        "STANDARD",
        "STANDARD_IA",
      ],
      "replication.rules.status": ["disabled", "enabled"],
      "versioning.status": ["disabled", "enabled", "suspended"],
    },
  },
  "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance": {
    oneOf: { engine: ["clickhouse", "mysql", "postgresql"] },
  },
  "ovh:CloudProjectDatabase/user:User": { oneOf: { engine: ["mysql", "kafka", "kafkaConnect", "grafana"] } },
  "ovh:Domain/zoneRecord:ZoneRecord": { zeroOrFrom: { ttl: 60 } },
};

/** Every type of the ovh package that the local cloud serves. */
export function ovhAdapters(cloud: LocalCloud): PackageAdapters {
  return {
    resources: {
      "ovh:CloudProject/database:Database": new DatabaseAdapter(cloud),
      "ovh:CloudProject/loadBalancer:LoadBalancer": new OvhLoadBalancerAdapter(cloud),
      "ovh:CloudProject/storage:Storage": new StorageAdapter(cloud),
      "ovh:CloudProject/user:User": new UserAdapter(cloud),
      "ovh:CloudProject/s3Credential:S3Credential": new S3CredentialAdapter(cloud),
      "ovh:CloudProject/s3Policy:S3Policy": new S3PolicyAdapter(cloud),
      "ovh:CloudProject/workflowBackup:WorkflowBackup": new WorkflowBackupAdapter(cloud),
      "ovh:CloudProjectDatabase/user:User": new DatabaseUserAdapter(cloud, "other"),
      "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser": new DatabaseUserAdapter(cloud, "postgresql"),
      "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance": new LogicalDatabaseAdapter(cloud),
      "ovh:Domain/zoneRecord:ZoneRecord": new ZoneRecordAdapter(cloud),
      "ovh:Vrack/cloudProject:CloudProject": new VrackAttachmentAdapter(cloud),
    },
    inputRules,
    functions: {
      "ovh:CloudProject/getLoadBalancerFlavors:getLoadBalancerFlavors": {
        service: "ovh-load-balancers",
        async call(inputs) {
          const regionName = needText(inputs, "regionName");
          const flavors = cloud.octavia.flavors.list(regionName).map(({ id, name, region }) => ({ id, name, region }));
          return { id: regionName, regionName, serviceName: needText(inputs, "serviceName"), flavors };
        },
      },
      "ovh:CloudProject/getFlavors:getFlavors": {
        service: "nova",
        async call(inputs) {
          const region = textOf(inputs, "region");
          const nameFilter = textOf(inputs, "nameFilter");
          const flavors = cloud.nova.flavors.list({ region, nameFilter }).map((flavor) => ({
            id: flavor.id,
            name: flavor.name,
            region: flavor.region,
            available: flavor.available,
            disk: flavor.disk,
            ram: flavor.ram,
            vcpus: flavor.vcpus,
            osType: "linux",
            planCodes: { hourly: flavor.planCodes.hourly, monthly: flavor.planCodes.monthly ?? "" },
          }));
          return { ...inputs, id: needText(inputs, "serviceName"), flavors };
        },
      },
    },
  };
}
