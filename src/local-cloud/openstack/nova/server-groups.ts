import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { computeRegions, defaultComputeRegion, requireRegion } from "../../kernel/regions.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { quotaOf } from "../quotas.ts";
import type { NovaRecords, ServerGroupBody } from "./server-records.ts";
import type { ServerGroupPolicy, ServerGroupsApi, ServerGroupView } from "./types.ts";

const policies: readonly ServerGroupPolicy[] = ["affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"];

const longestName = 255;

export class ServerGroups implements ServerGroupsApi {
  readonly #context: CloudContext;
  readonly #records: NovaRecords;

  constructor(context: CloudContext, records: NovaRecords) {
    this.#context = context;
    this.#records = records;
  }

  create(args: { region?: string | undefined; name: string; policy: string }): ServerGroupView {
    const region = requireRegion(args.region ?? defaultComputeRegion, computeRegions);
    this.#context.requireRegion(region);
    return this.#context.write(() => {
      if (args.name.length > longestName) {
        throw new CloudError(400, "badRequest", `Invalid input for field/attribute name. Value: ${args.name}.`);
      }
      const policy = policies.find((candidate) => candidate === args.policy);
      if (policy === undefined) {
        throw new CloudError(
          400,
          "badRequest",
          `Invalid input for field/attribute policy. Value: ${args.policy}. '${args.policy}' is not one of [${policies.map((name) => `'${name}'`).join(", ")}]`,
        );
      }
      if (this.#records.groups.count(region) >= quotaOf(this.#context, region, "serverGroups")) {
        throw new CloudError(403, "forbidden", "Quota exceeded, too many server groups.");
      }
      return this.#view(
        this.#records.groups.insert({
          id: this.#context.uuid("server-group", region, args.name),
          region,
          name: args.name,
          body: { policy },
        }),
      );
    });
  }

  get(id: string): ServerGroupView {
    return this.#context.read(() => this.#view(this.#records.groups.require(id)));
  }

  list(filter: { region?: string | undefined; name?: string | undefined } = {}): ServerGroupView[] {
    return this.#context.read(() => this.#records.groups.list(filter).map((record) => this.#view(record)));
  }

  delete(id: string): void {
    this.#context.write(() => {
      this.#records.groups.require(id);
      this.#records.groups.remove(id);
    });
  }

  #view(record: StoredRecord<ServerGroupBody>): ServerGroupView {
    const members = this.#records.servers
      .list({ region: record.region })
      .filter(({ body }) => body.serverGroupId === record.id);
    return {
      id: record.id,
      name: record.name,
      region: record.region,
      policy: record.body.policy,
      members: members.map(({ id }) => id),
    };
  }
}
