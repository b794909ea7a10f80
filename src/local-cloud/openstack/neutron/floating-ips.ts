import { isIP } from "node:net";
import type { CloudError } from "../../kernel/cloud-error.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import {
  badRequest,
  checkTexts,
  conflict,
  type FloatingIpBody,
  type NeutronRecords,
  notFound,
  type PortBody,
} from "./neutron-records.ts";
import type { Routers } from "./routers.ts";
import type { CreateFloatingIpArgs, FixedIp, FloatingIpsApi, FloatingIpView, UpdateFloatingIpArgs } from "./types.ts";

export class FloatingIps implements FloatingIpsApi {
  readonly #records: NeutronRecords;
  readonly #routers: Routers;

  constructor(records: NeutronRecords, routers: Routers) {
    this.#records = records;
    this.#routers = routers;
  }

  create(args: CreateFloatingIpArgs): FloatingIpView {
    checkTexts(args);
    const { context, networks, subnets, floatingIps, addresses } = this.#records;
    const region = this.#records.enterRegion(args.region);
    requireAddress(args.fixedIp);
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
      if (args.fixedIp !== undefined && args.portId === undefined) throw portNeeded();
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
    const fixed = fixedIpOf(port, wanted);
    const router = this.#routers.routerOf(fixed.subnetId);
    if (router?.body.externalNetworkId !== record.body.networkId) {
      throw notFound(
        "ExternalGatewayForFloatingIPNotFound",
        `External network ${record.body.networkId} is not reachable from subnet ${fixed.subnetId}.  Therefore, cannot associate Port ${portId} with a Floating IP.`,
      );
    }
    // Neutron does not look at it again where the port stays the same.
    const isTaken =
      record.body.portId !== portId &&
      floatingIps.list({ parent: portId }).some(({ body }) => body.fixedIp === fixed.ipAddress);
    if (isTaken) {
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
    checkTexts(args);
    const { context, floatingIps } = this.#records;
    return context.write(() => {
      const { portId, fixedIp, ...rest } = given(args);
      requireAddress(fixedIp);
      if (fixedIp !== undefined && (portId ?? undefined) === undefined) throw portNeeded();
      const record = floatingIps.change(floatingIps.require(id), rest);
      if (portId === undefined && rest.description === undefined) return this.#view(record);
      // Neutron judges an association again with every change, also where it stays.
      const target = portId === undefined ? record.body.portId : (portId ?? undefined);
      if (target !== undefined) return this.#view(this.#associate(record, target, fixedIp));
      return this.#view(
        floatingIps.save({ ...record, parent: "", body: { ...record.body, portId: undefined, fixedIp: undefined } }),
      );
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

/** Source: Neutron, `_internal_fip_assoc_data` of db/l3_db.py. */
function fixedIpOf({ id, body: { fixedIps } }: StoredRecord<PortBody>, wanted: string | undefined): FixedIp {
  if (wanted !== undefined) {
    const found = fixedIps.find(({ ipAddress }) => ipAddress === wanted);
    if (found === undefined) throw refused(`Port ${id} does not have fixed ip ${wanted}`);
    return found;
  }
  const [only, ...others] = fixedIps;
  if (only === undefined) throw refused(`Cannot add floating IP to port ${id} that has no fixed IPv4 addresses`);
  if (others.length > 0) {
    throw refused(
      `Port ${id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP`,
    );
  }
  return only;
}

function requireAddress(fixedIp: string | undefined): void {
  if (fixedIp !== undefined && isIP(fixedIp) === 0) {
    throw badRequest(
      "HTTPBadRequest",
      `Invalid input for fixed_ip_address. Reason: '${fixedIp}' is not a valid IP address.`,
    );
  }
}

function portNeeded(): CloudError {
  return refused("fixed_ip_address cannot be specified without a port_id");
}

function refused(reason: string): CloudError {
  return badRequest("BadRequest", `Bad floatingip request: ${reason}.`);
}
