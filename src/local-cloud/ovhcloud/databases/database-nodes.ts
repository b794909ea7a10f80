import { fixedUuid } from "../../kernel/context.ts";
import { placeOf } from "../../kernel/regions.ts";
import type { Neutron } from "../../openstack/neutron/neutron.ts";
import { badRequest } from "./check-database.ts";
import type { DatabaseBody, DatabaseRecord } from "./database-records.ts";
import type { CreateDatabaseArgs } from "./types.ts";

/** Nodes of a service and their addresses in the customer's subnet. */
export class DatabaseNodes {
  readonly #neutron: Neutron | undefined;

  /** Without Neutron the subnet is another OpenStack's: it is not looked up, and no port is made in it. */
  constructor(neutron: Neutron | undefined) {
    this.#neutron = neutron;
  }

  check(args: CreateDatabaseArgs, wanted: number): void {
    const [first] = args.nodes;
    if (args.nodes.length !== wanted) {
      throw badRequest(`Plan ${args.plan} has ${wanted} node(s), not ${args.nodes.length}`);
    }
    const alike = args.nodes.every(
      ({ region, networkId, subnetId }) =>
        region === first?.region && networkId === first.networkId && subnetId === first.subnetId,
    );
    if (!alike) {
      throw badRequest("All nodes of a service must be alike");
    }
    if ((first?.networkId === undefined) !== (first?.subnetId === undefined)) {
      throw badRequest("A private network needs its subnet, and a subnet its network");
    }
    if (first?.subnetId === undefined || this.#neutron === undefined) {
      return;
    }
    const subnet = this.#neutron.records.subnets.find(first.subnetId);
    if (
      subnet === undefined ||
      subnet.body.networkId !== first.networkId ||
      placeOf(subnet.region) !== placeOf(first.region)
    ) {
      throw badRequest(
        `The subnet ${first.subnetId} is not in the network ${first.networkId} of the region ${first.region}`,
      );
    }
  }

  /** An address of the subnet's pool for each node. */
  take(
    id: string,
    region: string,
    where: { readonly networkId?: string | undefined; readonly subnetId?: string | undefined },
    from: number,
    to: number,
  ): Pick<DatabaseBody, "portIds" | "nodeIds"> {
    const indexes = Array.from({ length: Math.max(to - from, 0) }, (_, index) => from + index);
    const { networkId, subnetId } = where;
    const neutron = this.#neutron;
    return {
      nodeIds: indexes.map((index) => fixedUuid("database-node", region, id, String(index))),
      portIds:
        networkId === undefined || subnetId === undefined || neutron === undefined
          ? []
          : indexes.map(
              (index) =>
                neutron.ports.create({
                  name: `database ${id} ${index}`,
                  networkId,
                  fixedIps: [{ subnetId }],
                  portSecurityEnabled: false,
                  deviceId: `database-${id}`,
                  deviceOwner: "managed:database",
                }).id,
            ),
    };
  }

  /** More or fewer nodes: the plan was changed. */
  change(record: DatabaseRecord, wanted: number): Pick<DatabaseBody, "portIds" | "nodeIds"> {
    const { portIds, nodeIds } = record.body;
    for (const portId of portIds.slice(wanted)) {
      this.#neutron?.ports.discard(portId);
    }
    const added = this.take(record.id, record.region, record.body, nodeIds.length, wanted);
    return {
      portIds: [...portIds.slice(0, wanted), ...added.portIds],
      nodeIds: [...nodeIds.slice(0, wanted), ...added.nodeIds],
    };
  }
}
