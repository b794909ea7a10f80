import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { flagOf, needNumber, needText, numberOf, sentText, textOf } from "../../provider/value-readers.ts";
import type { Values } from "../../provider/wire-values.ts";
import { changeBalancer, deleteFromBalancer, parentOf } from "./balancer-lock.ts";
import type { MemberView, UpdateMemberArgs } from "./types.ts";

/** openstack:loadbalancer/member:Member; imported by `pool/member`. */
export class MemberAdapter implements ResourceAdapter {
  readonly service = "octavia";
  readonly inputs = [
    "name",
    "region",
    "poolId",
    "address",
    "protocolPort",
    "subnetId",
    "weight",
    "backup",
    "adminStateUp",
    "monitorAddress",
    "monitorPort",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const { members } = this.#cloud.octavia;
    const poolId = needText(inputs, "poolId");
    const create = () =>
      members.create({
        poolId,
        name: textOf(inputs, "name"),
        address: needText(inputs, "address"),
        protocolPort: needNumber(inputs, "protocolPort"),
        subnetId: textOf(inputs, "subnetId"),
        weight: numberOf(inputs, "weight"),
        backup: flagOf(inputs, "backup"),
        adminStateUp: flagOf(inputs, "adminStateUp"),
        monitorAddress: textOf(inputs, "monitorAddress"),
        monitorPort: numberOf(inputs, "monitorPort"),
      });
    const id = await changeBalancer(this.#cloud, call, this.#balancerOf(poolId), () =>
      this.#settling(poolId, create().id),
    );
    return this.#observe(members.get(poolId, id));
  }

  async read(id: string, known: Values): Promise<Observed> {
    const [first, second] = id.split("/");
    const poolId = textOf(known, "poolId") ?? first;
    const memberId = second ?? id;
    if (poolId === undefined || (second === undefined && known.poolId === undefined)) {
      throw new Error(`invalid format specified for Member '${id}': <pool id>/<member id> is accepted`);
    }
    return this.#observe(this.#cloud.octavia.members.get(poolId, memberId));
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const { members } = this.#cloud.octavia;
    const poolId = needText(known, "poolId");
    const change = () =>
      members.update(poolId, id, {
        name: sentText(wanted, "name"),
        weight: numberOf(wanted, "weight"),
        backup: flagOf(wanted, "backup") ?? false,
        adminStateUp: flagOf(wanted, "adminStateUp"),
        ...sentMonitor(wanted, known),
      });
    await changeBalancer(this.#cloud, call, this.#balancerOf(poolId), () => this.#settling(poolId, change().id));
    return this.#observe(members.get(poolId, id));
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    const { members } = this.#cloud.octavia;
    const poolId = needText(known, "poolId");
    const balancerId = parentOf("pool", poolId, () => this.#balancerOf(poolId));
    members.get(poolId, id);
    await deleteFromBalancer(this.#cloud, call, balancerId, id, () => members.delete(poolId, id));
  }

  #balancerOf(poolId: string): string {
    return this.#cloud.octavia.pools.get(poolId).loadBalancerId;
  }

  #settling(poolId: string, id: string) {
    return { what: "member", id, look: () => this.#cloud.octavia.members.get(poolId, id) };
  }

  #observe(member: MemberView): Observed {
    return {
      id: member.id,
      state: {
        name: member.name,
        region: member.region,
        poolId: member.poolId,
        address: member.address,
        protocolPort: member.protocolPort,
        subnetId: member.subnetId ?? "",
        weight: member.weight,
        backup: member.backup,
        adminStateUp: member.adminStateUp,
        monitorAddress: member.monitorAddress ?? "",
        monitorPort: member.monitorPort ?? 0,
        tenantId: this.#cloud.keystone.projectId,
      },
    };
  }
}

/** What was taken away the real provider sends as empty and as 0, which Octavia refuses. */
function sentMonitor(wanted: Values, known: Values): Pick<UpdateMemberArgs, "monitorAddress" | "monitorPort"> {
  const [address, port] = [textOf(wanted, "monitorAddress") ?? "", numberOf(wanted, "monitorPort") ?? 0];
  return {
    ...(address === (textOf(known, "monitorAddress") ?? "") ? {} : { monitorAddress: address }),
    ...(port === (numberOf(known, "monitorPort") ?? 0) ? {} : { monitorPort: port }),
  };
}
