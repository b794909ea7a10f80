import { LorError } from "../../core/errors.ts";
import type { CloudDefinition } from "../contract.ts";
import { credentialsFromEnvironment } from "./credentials.ts";
import { databasesIn } from "./databases.ts";
import { durations } from "./durations.ts";
import { monthlyPlanTerms } from "./monthly-plan-terms.ts";
import { priceBooks } from "./price-books.ts";

export const cloud: CloudDefinition = {
  id: "ovh",
  title: "OVHcloud",
  packages: ["ovh", "openstack", "random"],
  typePrefixes: ["ovh:", "openstack:"],
  // Sources: local-cloud/ovhcloud/databases/BEHAVIOUR.md; Cinder's `os-extend`, which has no opposite.
  growsOnly: [
    { type: "ovh:CloudProject/database:Database", input: "diskSize", unit: "GB" },
    { type: "openstack:blockstorage/volume:Volume", input: "size", unit: "GB" },
  ],
  priceBooks,
  monthlyPlanTerms,
  variablePrefixes: ["OVH_", "OS_"],
  databasesIn,
  durations,
  quotaRequest: "Quota and Regions in the OVHcloud console",
  async connect(env, region) {
    const credentials = credentialsFromEnvironment(env);
    const { connectClients } = await import("./connect.ts");
    // The settings name the region of the machines, even if the openrc file is for another region.
    return connectClients({ ...credentials, openstack: { ...credentials.openstack, region } });
  },
  async connectLocal({ authUrl, ovhUrl, userName, password, projectId, projectName, token, dnsServer }, region) {
    const { connectClients } = await import("./connect.ts");
    return connectClients(
      {
        openstack: {
          authUrl,
          region,
          identity: {
            kind: "password",
            user: userName,
            password,
            userDomain: "Default",
            projectId,
            projectName,
            projectDomain: "Default",
          },
        },
        ovh: { kind: "address", url: ovhUrl, token },
        projectId,
      },
      // The local cloud's operations take a hundredth of the real time.
      { firstPauseMs: 20, ...(dnsServer === undefined ? {} : { nameServers: [dnsServer] }) },
    );
  },
  checkCredentials(env) {
    try {
      credentialsFromEnvironment(env);
      return [];
    } catch (error) {
      if (!(error instanceof LorError)) throw error;
      return [{ path: error.path ?? "environment", code: error.code, message: error.message, exit: 2 }];
    }
  },
};
