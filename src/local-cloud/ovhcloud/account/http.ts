import { type Call, type Json, param, type Route } from "../../http/route.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { computeRegions, databaseRegions, placeOf, storageRegions } from "../../kernel/regions.ts";
import { get, project } from "../ovh-route.ts";

/** Countries of the places of regions. Source: OVHcloud's list of public cloud regions. */
const countries: Readonly<Record<string, string>> = {
  GRA: "fr",
  SBG: "fr",
  RBX: "fr",
  "EU-WEST-PAR": "fr",
  DE: "de",
  UK: "uk",
  WAW: "pl",
  BHS: "ca",
};

/** Who calls, the project, its regions and flavors. */
export const accountRoutes: readonly Route[] = [
  get("/1.0/auth/details", () => ({
    account: "local",
    allowedRoutes: [{ method: "GET", path: "/*" }],
    description: "local cloud",
    identities: ["urn:v1:eu:identity:account:local"],
    method: "account",
    roles: ["ADMIN"],
    user: "local",
  })),
  get("/1.0/cloud/project", ({ cloud }) => [cloud.keystone.projectId]),
  get(project, ({ cloud }) => ({
    project_id: cloud.keystone.projectId,
    projectName: cloud.keystone.projectName,
    description: cloud.keystone.projectName,
    status: "ok",
    access: "full",
    planCode: "project.2018",
    unleash: false,
    manualQuota: false,
    orderId: null,
    expiration: null,
    iam: {
      id: cloud.keystone.projectId,
      displayName: cloud.keystone.projectName,
      urn: `urn:v1:eu:resource:publicCloudProject:${cloud.keystone.projectId}`,
    },
  })),
  get(`${project}/region`, regionNames),
  get(`${project}/region/:region`, regionBody),
  get(`${project}/flavor`, ({ cloud, query }) =>
    cloud.nova.flavors.list({ region: query.region }).map((flavor) => ({
      id: flavor.id,
      name: flavor.name,
      region: flavor.region,
      available: flavor.available,
      disk: flavor.disk,
      ram: flavor.ram,
      vcpus: flavor.vcpus,
      osType: "linux",
      planCodes: { hourly: flavor.planCodes.hourly, monthly: flavor.planCodes.monthly ?? null },
    })),
  ),
];

/** Compute regions and, under the names of places, those of object storage and databases. */
function regionNames({ cloud }: Call): readonly string[] {
  const names = [...new Set([...computeRegions, ...storageRegions, ...databaseRegions])];
  return names.filter((region) => !cloud.faults.isLost(region));
}

function regionBody(call: Call): Json {
  const name = param(call, "region");
  if (!regionNames(call).includes(name)) throw new CloudError(404, "Client::NotFound", `Region ${name} not found`);
  const country = countries[placeOf(name)] ?? "fr";
  const services = [
    ...(computeRegions.includes(name)
      ? ["image", "instance", "network", "octavialoadbalancer", "volume", "workflow"]
      : []),
    ...(storageRegions.includes(name) ? ["storage-s3-high-perf", "storage-s3-standard"] : []),
    ...(databaseRegions.includes(name) ? ["database"] : []),
  ];
  return {
    name,
    type: name === "EU-WEST-PAR" ? "region-3-az" : "region",
    status: "UP",
    availabilityZones: [],
    continentCode: country === "ca" ? "NA" : "EU",
    countryCode: country,
    datacenterLocation: placeOf(name),
    ipCountries: [],
    services: services.map((service) => ({ name: service, status: "UP", endpoint: "" })),
  };
}
