import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { conflict, type FloatingIpBody, type NeutronRecords, notFound } from "./neutron-records.ts";
import type { Routers } from "./routers.ts";
import type { CreateFloatingIpArgs, FloatingIpsApi, FloatingIpView, UpdateFloatingIpArgs } from "./types.ts";

export class FloatingIps implements FloatingIpsApi {
  readonly #records: NeutronRecords;
  readonly #routers: Routers;

  constructor(records: NeutronRecords, routers: Routers) {
    this.#records = records;
    this.#routers = routers;
  }

  create(args: CreateFloatingIpArgs): FloatingIpView {
    const { context, networks, subnets, floatingIps, addresses } = this.#records;
    const region = this.#records.enterRegion(args.region);
    return context.write(() => {
      this.#records.requireQuota(region, "floatingIps", floatingIps.count(region), "floatingip");
      const network = networks.list({ region, name: args.pool }).find(({ body }) => body.external);
      if (network === undefined) {
        throw notFound("NetworkNotFound", `Network ${args.pool} could not be found.`);
      }
      const id = context.uuid("floating-ip", region, args.description ?? "");
      const subnet = subnets.list({ parent: network.id })[0];
      const address = subnet && addresses.firstFree(subnet.id, subnet.body.allocationPools);
      if (subnet === undefined || address === undefined) {
        throw conflict("IpAddressGenerationFailure", `No more IP addresses available on network ${network.id}.`);
      }
      addresses.claim(subnet.id, address, id);
      const record = floatingIps.insert({
        id,
        region,
        name: address,
        body: {
          description: args.description ?? "",
          pool: network.name,
          networkId: network.id,
          portId: undefined,
          fixedIp: undefined,
          tags: [...(args.tags ?? [])],
        },
      });
      return this.#view(args.portId === undefined ? record : this.#associate(record, args.portId, args.fixedIp));
    });
  }

  #associate(
    record: StoredRecord<FloatingIpBody>,
    portId: string,
    wanted: string | undefined,
  ): StoredRecord<FloatingIpBody> {
    const { ports, floatingIps } = this.#records;
    const port = ports.require(portId);
    const fixed =
      wanted === undefined ? port.body.fixedIps[0] : port.body.fixedIps.find(({ ipAddress }) => ipAddress === wanted);
    if (fixed === undefined) {
      throw notFound("BadRequest", `Port ${portId} does not have fixed ip ${wanted ?? ""}.`);
    }
    const router = this.#routers.routerOf(fixed.subnetId);
    if (router?.body.externalNetworkId !== record.body.networkId) {
      throw notFound(
        "ExternalGatewayForFloatingIPNotFound",
        `External network ${record.body.networkId} is not reachable from subnet ${fixed.subnetId}.  Therefore, cannot associate Port ${portId} with a Floating IP.`,
      );
    }
    const other = floatingIps
      .list({ parent: portId })
      .find(({ id, body }) => id !== record.id && body.fixedIp === fixed.ipAddress);
    if (other !== undefined) {
      throw conflict(
        "FloatingIPPortAlreadyAssociated",
        `Cannot associate floating IP ${record.name} (${record.id}) with port ${portId} using fixed IP ${fixed.ipAddress}, as that fixed IP already has a floating IP on external network ${record.body.networkId}.`,
      );
    }
    return floatingIps.save({ ...record, parent: portId, body: { ...record.body, portId, fixedIp: fixed.ipAddress } });
  }

  get(id: string): FloatingIpView {
    return this.#records.context.read(() => this.#view(this.#records.floatingIps.require(id)));
  }

  list(
    filter: { region?: string | undefined; address?: string | undefined; description?: string | undefined } = {},
  ): FloatingIpView[] {
    return this.#records.context.read(() =>
      this.#records.floatingIps
        .list({ region: filter.region, name: filter.address })
        .filter(({ body }) => filter.description === undefined || body.description === filter.description)
        .map((record) => this.#view(record)),
    );
  }

  update(id: string, args: UpdateFloatingIpArgs): FloatingIpView {
    const { context, floatingIps } = this.#records;
    return context.write(() => {
      const { portId, fixedIp, ...rest } = given(args);
      const record = floatingIps.change(floatingIps.require(id), rest);
      if (portId === null) {
        return this.#view(
          floatingIps.save({ ...record, parent: "", body: { ...record.body, portId: undefined, fixedIp: undefined } }),
        );
      }
      return this.#view(portId === undefined ? record : this.#associate(record, portId, fixedIp));
    });
  }

  delete(id: string): void {
    const { context, floatingIps, addresses } = this.#records;
    context.write(() => {
      floatingIps.require(id);
      addresses.release(id);
      floatingIps.remove(id);
    });
  }

  #view(record: StoredRecord<FloatingIpBody>): FloatingIpView {
    const port = record.body.portId === undefined ? undefined : this.#records.ports.find(record.body.portId);
    const subnetId = port?.body.fixedIps.find(({ ipAddress }) => ipAddress === record.body.fixedIp)?.subnetId;
    return {
      id: record.id,
      region: record.region,
      address: record.name,
      ...record.body,
      portId: record.body.portId,
      fixedIp: record.body.fixedIp,
      routerId: subnetId === undefined ? undefined : this.#routers.routerOf(subnetId)?.id,
      status: port === undefined ? "DOWN" : "ACTIVE",
    };
  }
}
