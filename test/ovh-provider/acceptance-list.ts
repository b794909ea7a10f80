/** Tests of the provider that concern what lor-infra uses: databases, object storage, users, networks, load balancers, schedules, DNS. */
export interface AcceptanceTest {
  readonly name: string;
  /** Database engine that the test is told to use; undefined where it uses none, or its own. */
  readonly engine?: "mysql" | "postgresql";
  /** Whether the test expects the project in a vRack. Default: it is in none. */
  readonly inVrack?: boolean;
  /** The provider itself refuses what the test asks for, in these words: no API could let it pass. */
  readonly refused?: string;
}

/** The provider has another resource for users of PostgreSQL. */
const refusedEngine = "Value postgresql is not among valid values";
const ofOtherEngines: ReadonlySet<string> = new Set([
  "TestAccCloudProjectDatabaseUserDataSource_basic",
  "TestAccCloudProjectDatabaseUser_basic",
  "TestAccCloudProjectDatabaseUser_importBasic",
  "TestAccCloudProjectDatabaseUsersDataSource_basic",
]);

const withEachEngine: readonly string[] = [
  "TestAccCloudProjectDatabaseCertificatesDataSource_basic",
  "TestAccCloudProjectDatabaseDataSource_basic",
  "TestAccCloudProjectDatabaseDatabaseDataSource_basic",
  "TestAccCloudProjectDatabaseDatabase_basic",
  "TestAccCloudProjectDatabaseDatabase_importBasic",
  "TestAccCloudProjectDatabaseDatabasesDataSource_basic",
  "TestAccCloudProjectDatabaseUserDataSource_basic",
  "TestAccCloudProjectDatabaseUser_basic",
  "TestAccCloudProjectDatabaseUser_importBasic",
  "TestAccCloudProjectDatabaseUsersDataSource_basic",
  "TestAccCloudProjectDatabase_basic",
  "TestAccCloudProjectDatabase_importBasic",
  "TestAccCloudProjectDatabase_planUpgradeNoReplace",
  "TestAccCloudProjectDatabasesDataSource_basic",
];

const once: readonly string[] = [
  "TestAccCloudProjectDatabaseCapabilitiesDataSource_basic",
  "TestAccCloudProjectDatabasePostgresqlConnectionPoolDataSource_basic",
  "TestAccCloudProjectDatabasePostgresqlConnectionPool_basic",
  "TestAccCloudProjectDatabasePostgresqlConnectionPool_importBasic",
  "TestAccCloudProjectDatabasePostgresqlUserDataSource_basic",
  "TestAccCloudProjectDatabasePostgresqlUser_basic",
  "TestAccCloudProjectDatabasePostgresqlUser_importBasic",
  "TestAccCloudProjectRegionDataSource_basic",
  "TestAccCloudProjectRegionStorage_basic",
  "TestAccCloudProjectRegionStorage_objectLockRemovalTriggersReplacement",
  "TestAccCloudProjectRegionStorage_statusChangeTriggersReplacement",
  "TestAccCloudProjectRegionStorage_withObjectLock",
  "TestAccCloudProjectRegionStorage_withObjectLockNoRule",
  "TestAccCloudProjectRegionStorage_withReplication",
  "TestAccCloudProjectRegionStorage_withTags",
  "TestAccCloudProjectRegionStorage_withoutObjectLock",
  "TestAccCloudProjectRegionsDataSource_basic",
  "TestAccCloudProjectRegionsDataSource_withNetworkUp",
  "TestAccCloudProjectUserS3Credential_basic",
  "TestAccCloudProjectUserS3Policy_basic",
  "TestAccCloudProjectUser_basic",
  "TestAccCloudProjectUser_withRole",
  "TestAccCloudProjectUser_withRoles",
  "TestAccCloudProjectUser_withRotate",
  "TestAccCloudProjectVrackDataSource_basic",
  "TestAccCloudProjectWorkflowBackup",
  "TestAccDataCloudProjectUserS3Credential_basic",
  "TestAccDataCloudProjectUserS3Credentials_basic",
  "TestAccDataCloudProjectUserS3Policy_basic",
  "TestAccDataCloudProjectUser_basic",
  "TestAccDataCloudProjectUsers_basic",
  "TestAccDataSourceCloudProjectBalancer_basic",
  "TestAccDataSourceCloudProjectBalancers_basic",
  "TestAccDomainZoneDataSource_basic",
  "TestAccDomainZoneRecordDataSource_basic",
  "TestAccDomainZoneRecord_Basic",
  "TestAccDomainZoneRecord_EmptyPlanForTXT",
  "TestAccDomainZoneRecord_Updated",
  "TestAccDomainZoneRecord_updateType",
  "TestAccDomainZoneRecordsDataSource_basic",
  "TestAccVrackCloudProject_basic",
];

export const acceptanceTests: readonly AcceptanceTest[] = [
  ...withEachEngine.flatMap((name) =>
    (["mysql", "postgresql"] as const).map((engine) =>
      engine === "postgresql" && ofOtherEngines.has(name) ? { name, engine, refused: refusedEngine } : { name, engine },
    ),
  ),
  ...once.map((name) => ({ name })),
  { name: "TestAccCloudProjectLoadBalancer_basic", inVrack: true },
].toSorted((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
