import { Cidr } from "../../../core/cidr.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import {
  badRequest,
  checkTexts,
  conflict,
  type NeutronRecords,
  notFound,
  type PortBody,
  type RouterBody,
} from "./neutron-records.ts";
import type { Ports } from "./ports.ts";
import type {
  CreateRouterArgs,
  FixedIp,
  RouterInterfaceView,
  RoutersApi,
  RouterView,
  UpdateRouterArgs,
} from "./types.ts";

const interfaceOwner = "network:router_interface";
const gatewayOwner = "network:router_gateway";

export class Routers implements RoutersApi {
  readonly #records: NeutronRecords;
  readonly #ports: Ports;

  constructor(records: NeutronRecords, ports: Ports) {
    this.#records = records;
    this.#ports = ports;
  }

  create(args: CreateRouterArgs): RouterView {
    checkTexts(args);
    const { context, routers } = this.#records;
    const region = this.#records.enterRegion(args.region);
    return context.write(() => {
      requireAdministrator(args.enableSnat, "create");
      this.#records.requireQuota(region, "routers", routers.count(region), "router");
      const id = context.uuid("router", region, args.name);
      return view(
        routers.insert({
          id,
          region,
          name: args.name,
          body: {
            description: args.description ?? "",
            adminStateUp: args.adminStateUp ?? true,
            distributed: false,
            enableSnat: args.enableSnat ?? args.externalNetworkId !== undefined,
            externalNetworkId: args.externalNetworkId,
            externalFixedIps: args.externalNetworkId === undefined ? [] : this.#openGateway(id, args.externalNetworkId),
            tags: [...(args.tags ?? [])],
          },
        }),
      );
    });
  }

  #openGateway(routerId: string, networkId: string): FixedIp[] {
    const network = this.#records.networks.require(networkId);
    if (!network.body.external) {
      throw badRequest("BadRequest", `Bad router request: Network ${networkId} is not an external network.`);
    }
    const port = this.#ports.createOwn({
      name: `gateway ${routerId}`,
      networkId,
      portSecurityEnabled: false,
      deviceId: routerId,
      deviceOwner: gatewayOwner,
    });
    return [...port.fixedIps];
  }

  #closeGateway(router: StoredRecord<RouterBody>): void {
    const { externalNetworkId } = router.body;
    if (externalNetworkId === undefined) {
      return;
    }
    const needed = this.interfaces(router.id).some(({ subnetId }) => this.#floatingIpOn(subnetId));
    if (needed) {
      throw conflict(
        "RouterExternalGatewayInUseByFloatingIp",
        `Gateway cannot be updated for router ${router.id}, since a gateway to external network ${externalNetworkId} is required by one or more floating IPs.`,
      );
    }
    for (const port of this.#records.ports.list({ parent: externalNetworkId })) {
      if (port.body.deviceId === router.id) {
        this.#ports.discard(port.id);
      }
    }
  }

  #floatingIpOn(subnetId: string): boolean {
    return this.#records.addresses
      .taken(subnetId)
      .some(({ portId }) => this.#records.floatingIps.list({ parent: portId }).length > 0);
  }

  get(id: string): RouterView {
    return this.#records.context.read(() => view(this.#records.routers.require(id)));
  }

  list(filter: { region?: string | undefined; name?: string | undefined } = {}): RouterView[] {
    return this.#records.context.read(() =>
      this.#records.routers.list({ region: filter.region, name: filter.name }).map(view),
    );
  }

  update(id: string, args: UpdateRouterArgs): RouterView {
    checkTexts(args);
    const { context, routers } = this.#records;
    return context.write(() => {
      const record = routers.require(id);
      const { name, externalNetworkId, ...rest } = given(args);
      requireAdministrator(args.enableSnat, "update");
      let { externalFixedIps } = record.body;
      let network = record.body.externalNetworkId;
      if (externalNetworkId !== undefined && (externalNetworkId ?? undefined) !== network) {
        this.#closeGateway(record);
        network = externalNetworkId ?? undefined;
        externalFixedIps = network === undefined ? [] : this.#openGateway(id, network);
      }
      return view(
        routers.save({
          ...record,
          name: name ?? record.name,
          body: { ...record.body, ...rest, externalNetworkId: network, externalFixedIps },
        }),
      );
    });
  }

  delete(id: string): void {
    const { context, routers } = this.#records;
    context.write(() => {
      const record = routers.require(id);
      if (this.interfaces(id).length > 0) {
        throw conflict("RouterInUse", `Router ${id} still has ports`);
      }
      this.#closeGateway(record);
      routers.remove(id);
    });
  }

  addInterface(
    routerId: string,
    target: { subnetId?: string | undefined; portId?: string | undefined },
  ): RouterInterfaceView {
    const { context, routers, subnets, ports } = this.#records;
    return context.write(() => {
      const router = routers.require(routerId);
      if (target.portId !== undefined) {
        this.#ports.attach(target.portId, routerId, interfaceOwner);
        const port = ports.require(target.portId);
        ports.change(port, { portSecurityEnabled: false, securityGroupIds: [] });
        return this.interface(target.portId);
      }
      const subnet = subnets.require(target.subnetId ?? "");
      if (subnet.body.gatewayIp === undefined) {
        throw badRequest("BadRequest", "Bad router request: Subnet for router interface must have a gateway IP.");
      }
      for (const other of this.interfaces(routerId)) {
        if (other.subnetId === subnet.id) {
          throw badRequest("BadRequest", `Bad router request: Router already has a port on subnet ${subnet.id}.`);
        }
        const { cidr } = subnets.require(other.subnetId).body;
        if (Cidr.parse(cidr).overlaps(Cidr.parse(subnet.body.cidr))) {
          throw badRequest(
            "BadRequest",
            `Bad router request: Cidr ${subnet.body.cidr} of subnet ${subnet.id} overlaps with cidr ${cidr} of subnet ${other.subnetId}.`,
          );
        }
      }
      const port = this.#ports.createOwn({
        name: `interface ${router.id} ${subnet.id}`,
        networkId: subnet.body.networkId,
        fixedIps: [{ subnetId: subnet.id, ipAddress: subnet.body.gatewayIp }],
        portSecurityEnabled: false,
        deviceId: routerId,
        deviceOwner: interfaceOwner,
      });
      return this.interface(port.id);
    });
  }

  removeInterface(routerId: string, target: { subnetId?: string | undefined; portId?: string | undefined }): void {
    const { context, routers } = this.#records;
    context.write(() => {
      routers.require(routerId);
      const found = this.interfaces(routerId).find(
        ({ portId, subnetId }) =>
          (target.portId === undefined || portId === target.portId) &&
          (target.subnetId === undefined || subnetId === target.subnetId),
      );
      if (found === undefined) {
        throw target.portId === undefined
          ? notFound(
              "RouterInterfaceNotFoundForSubnet",
              `Router ${routerId} has no interface on subnet ${target.subnetId}`,
            )
          : notFound(
              "RouterInterfaceNotFound",
              `Router ${routerId} does not have an interface with id ${target.portId}`,
            );
      }
      if (this.#floatingIpOn(found.subnetId)) {
        throw conflict(
          "RouterInterfaceInUseByFloatingIP",
          `Router interface for subnet ${found.subnetId} on router ${routerId} cannot be deleted, as it is required by one or more floating IPs.`,
        );
      }
      this.#ports.discard(found.portId);
    });
  }

  interfaces(routerId: string): RouterInterfaceView[] {
    return this.#records.context.read(() =>
      this.#records.ports
        .list()
        .filter(({ body }) => body.deviceId === routerId && body.deviceOwner === interfaceOwner)
        .map(interfaceView),
    );
  }

  interface(portId: string): RouterInterfaceView {
    return this.#records.context.read(() => {
      const port = this.#records.ports.require(portId);
      if (port.body.deviceOwner !== interfaceOwner) {
        throw notFound("RouterInterfaceNotFound", `Port ${portId} is not an interface of a router`);
      }
      return interfaceView(port);
    });
  }

  /** The router that a subnet's packets leave by. */
  routerOf(subnetId: string): StoredRecord<RouterBody> | undefined {
    for (const { portId } of this.#records.addresses.taken(subnetId)) {
      const port = this.#records.ports.find(portId);
      if (port?.body.deviceOwner === interfaceOwner) {
        return this.#records.routers.find(port.body.deviceId);
      }
    }
    return undefined;
  }
}

function interfaceView(port: StoredRecord<PortBody>): RouterInterfaceView {
  const fixed = port.body.fixedIps[0];
  return {
    portId: port.id,
    routerId: port.body.deviceId,
    subnetId: fixed?.subnetId ?? "",
    region: port.region,
    ipAddress: fixed?.ipAddress ?? "",
  };
}

/** Neutron's policy gives it to administrators alone, which no project's user is. Source: Neutron, conf/policies/router.py. */
function requireAdministrator(enableSnat: boolean | undefined, verb: "create" | "update"): void {
  if (enableSnat === undefined) return;
  const rule = `${verb}_router:external_gateway_info`;
  throw new CloudError(
    403,
    "PolicyNotAuthorized",
    `(rule:${verb}_router and (rule:${rule} and rule:${rule}:enable_snat)) is disallowed by policy`,
  );
}

function view(record: StoredRecord<RouterBody>): RouterView {
  return {
    id: record.id,
    name: record.name,
    region: record.region,
    ...record.body,
    externalNetworkId: record.body.externalNetworkId,
  };
}
