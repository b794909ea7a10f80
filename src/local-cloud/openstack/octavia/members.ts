import { IpAddress } from "../../../core/cidr.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { Neutron } from "../neutron/neutron.ts";
import { quotaOf } from "../quotas.ts";
import {
  checkTexts,
  invalid,
  type LoadBalancerRecord,
  type MemberBody,
  notFound,
  type OctaviaRecords,
} from "./octavia-records.ts";
import type { OperatingStatuses } from "./operating-status.ts";
import type { CreateMemberArgs, MembersApi, MemberView, UpdateMemberArgs } from "./types.ts";

const largestWeight = 256;
const highestPort = 65_535;

export class Members implements MembersApi {
  readonly #records: OctaviaRecords;
  readonly #neutron: Neutron;
  readonly #statuses: OperatingStatuses;

  constructor(records: OctaviaRecords, neutron: Neutron, statuses: OperatingStatuses) {
    this.#records = records;
    this.#neutron = neutron;
    this.#statuses = statuses;
  }

  /** Judged in Octavia's order: the request itself, pool, subnet, quota, state of the balancer, duplicates. */
  create(args: CreateMemberArgs): MemberView {
    checkTexts(args);
    const { context, members, pools } = this.#records;
    return context.write(() => {
      checkWeight(args.weight);
      checkAddress("address", args.address);
      checkMonitor(args);
      const pool = pools.require(args.poolId);
      if (args.subnetId !== undefined && this.#neutron.records.subnets.find(args.subnetId) === undefined) {
        throw new CloudError(400, "InvalidSubresource", `Subnet ${args.subnetId} not found.`);
      }
      if (members.count(pool.region) >= quotaOf(context, pool.region, "members")) {
        throw new CloudError(403, "QuotaException", "Quota has been met for resources: Member");
      }
      const balancer = this.#records.requireMutable(pool.parent);
      const same = members
        .list({ parent: pool.id })
        .some(({ body }) => body.address === args.address && body.protocolPort === args.protocolPort);
      if (same) {
        throw new CloudError(
          409,
          "DuplicateMemberEntry",
          `Another member on this pool is already using ip ${args.address} on protocol_port ${args.protocolPort}`,
        );
      }
      const name = args.name ?? "";
      const record = members.insert({
        id: context.uuid("member", pool.region, `${pool.id} ${name} ${args.address} ${args.protocolPort}`),
        region: pool.region,
        name,
        parent: pool.id,
        body: {
          poolId: pool.id,
          loadBalancerId: balancer.id,
          address: args.address,
          protocolPort: args.protocolPort,
          subnetId: args.subnetId,
          weight: args.weight ?? 1,
          backup: args.backup ?? false,
          adminStateUp: args.adminStateUp ?? true,
          monitorAddress: args.monitorAddress,
          monitorPort: args.monitorPort,
          pending: this.#records.pending("PENDING_CREATE"),
        },
      });
      this.#records.beginChange(balancer, `member ${record.id}`);
      return this.#view(record);
    });
  }

  get(poolId: string, id: string): MemberView {
    return this.#records.context.read(() => this.#view(this.#require(poolId, id)));
  }

  list(poolId: string): MemberView[] {
    return this.#records.context.read(() => {
      this.#records.pools.require(poolId);
      return this.#records.members.list({ parent: poolId }).map((record) => this.#view(record));
    });
  }

  /** Load balancers that have a member with that address. */
  balancersOf(address: string): LoadBalancerRecord[] {
    const ids = this.#records.members
      .list()
      .filter(({ body }) => body.address === address || body.monitorAddress === address)
      .map(({ body }) => body.loadBalancerId);
    return [...new Set(ids)].flatMap((id) => this.#records.balancers.find(id) ?? []);
  }

  update(poolId: string, id: string, args: UpdateMemberArgs): MemberView {
    checkTexts(args);
    const { context, members } = this.#records;
    return context.write(() => {
      const record = this.#require(poolId, id);
      const balancer = this.#records.requireMutable(record.body.loadBalancerId);
      checkWeight(args.weight);
      checkMonitor(args);
      const { name, monitorAddress, monitorPort, ...rest } = given(args);
      const saved = members.save({
        ...record,
        name: name ?? record.name,
        body: {
          ...record.body,
          ...rest,
          monitorAddress: monitorAddress === undefined ? record.body.monitorAddress : (monitorAddress ?? undefined),
          monitorPort: monitorPort === undefined ? record.body.monitorPort : (monitorPort ?? undefined),
          pending: this.#records.pending("PENDING_UPDATE"),
        },
      });
      this.#records.beginChange(balancer, `member ${id}`);
      return this.#view(saved);
    });
  }

  delete(poolId: string, id: string): void {
    const { context, members } = this.#records;
    context.write(() => {
      const record = this.#require(poolId, id);
      const balancer = this.#records.requireMutable(record.body.loadBalancerId);
      members.change(record, { pending: "PENDING_DELETE" });
      this.#records.beginChange(balancer, `member ${id}`);
    });
  }

  #require(poolId: string, id: string): StoredRecord<MemberBody> {
    const record = this.#records.members.require(id);
    if (record.parent !== poolId) {
      throw notFound("Member", id);
    }
    return record;
  }

  #view(record: StoredRecord<MemberBody>): MemberView {
    const { pending, loadBalancerId: _, ...body } = record.body;
    const { status, reason } = this.#statuses.ofMember(record);
    return {
      id: record.id,
      name: record.name,
      region: record.region,
      ...body,
      subnetId: body.subnetId,
      monitorAddress: body.monitorAddress,
      monitorPort: body.monitorPort,
      provisioningStatus: pending ?? "ACTIVE",
      operatingStatus: status,
      reason,
    };
  }
}

function checkWeight(weight: number | undefined): void {
  if (weight !== undefined && !(Number.isInteger(weight) && weight >= 0 && weight <= largestWeight)) {
    throw invalid(
      `Invalid input for field/attribute weight. Value: '${weight}'. Value should be lower or equal to ${largestWeight}.`,
    );
  }
}

function checkMonitor({ monitorAddress, monitorPort }: UpdateMemberArgs): void {
  if (typeof monitorAddress === "string") checkAddress("monitor_address", monitorAddress);
  if (typeof monitorPort === "number" && !(monitorPort >= 1 && monitorPort <= highestPort)) {
    throw invalid(
      `Invalid input for field/attribute monitor_port. Value: '${monitorPort}'. Value should be greater or equal to 1.`,
    );
  }
}

function checkAddress(field: "address" | "monitor_address", address: string): void {
  try {
    IpAddress.parse(address);
  } catch {
    throw invalid(
      `Invalid input for field/attribute ${field}. Value: '${address}'. Value should be IPv4 or IPv6 format.`,
    );
  }
}
