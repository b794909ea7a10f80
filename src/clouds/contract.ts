import type { Issue } from "../core/result.ts";
import type { CloudDurations } from "../domain/operation-durations.ts";
import type { PriceBook } from "../domain/price-book.ts";
import type { CloudClients } from "./clients.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How to reach the local cloud that simulates this one. */
interface LocalEndpoints {
  /** Keystone's address, ending in `/v3`. */
  readonly authUrl: string;
  /** Address of the simulated provider's own REST API. */
  readonly ovhUrl: string;
  readonly userName: string;
  readonly password: string;
  readonly projectId: string;
  readonly projectName: string;
  /** Token of the local cloud's control API. */
  readonly token: string;
  /** `address:port` of the name server of its DNS zones. Absent: it has none. */
  readonly dnsServer?: string;
}

/** A size that the cloud can enlarge and never make smaller, such as that of a managed disk. */
interface GrowingInput {
  /** Type token of the resource. */
  readonly type: string;
  /** Input that holds the size, a number. */
  readonly input: string;
  /** Unit of the number, such as `GB`. */
  readonly unit: string;
}

/** A resource as the state records it. */
export interface ExportedResource {
  readonly type: string;
  readonly name: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface DatabaseSummary {
  readonly name: string;
  /** Such as `mysql`. */
  readonly engine: string;
  readonly plan: string;
  readonly version: string;
  /** Status recorded by the last run. */
  readonly status: string | undefined;
}

/** Everything the actions need to know about a cloud. One folder under `src/clouds/` exports one as `cloud`. */
export interface CloudDefinition {
  /** Value of `--cloud`, and the name of the folder. Never `local`. */
  readonly id: string;
  /** Name for messages, such as `OVHcloud`. */
  readonly title: string;
  /** Pulumi packages that the local cloud replaces when it simulates this cloud. */
  readonly packages: readonly string[];
  /** Prefixes of the type tokens of resources that live in this cloud, such as `ovh:`. */
  readonly typePrefixes: readonly string[];
  /** Sizes that only grow: a smaller one is refused before anything changes. Default: none. */
  readonly growsOnly?: readonly GrowingInput[];
  /** Price books in the order in which they are searched; the first is the default of `cost`. */
  readonly priceBooks: readonly PriceBook[];
  /** Terms of its monthly plans, one sentence each; empty when it has none. */
  readonly monthlyPlanTerms: readonly string[];
  /** Prefixes of the environment variables that its Pulumi providers read, such as `OVH_`. */
  readonly variablePrefixes: readonly string[];
  /** Managed databases among the resources of a state, sorted by name. */
  databasesIn(resources: readonly ExportedResource[]): readonly DatabaseSummary[];
  /** How to request a larger quota; completes "request a larger quota (...)". */
  readonly quotaRequest: string;
  /** Expected durations of operations, for forecasts. */
  readonly durations: CloudDurations;
  /**
   * Clients for the real cloud. Calls nothing yet: wrong credentials show at the first call.
   * @param region region of the system's machines
   * @throws LorError `credentials-missing`, naming every missing variable
   */
  connect(env: Environment, region: string): Promise<CloudClients>;
  /** Clients for the local cloud that simulates this one. */
  connectLocal(endpoints: LocalEndpoints, region: string): Promise<CloudClients>;
  /** What `doctor` reports about the credentials in the environment; empty when they are complete. */
  checkCredentials(env: Environment): readonly Issue[];
}
