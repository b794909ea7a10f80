import type { Neutron } from "../neutron/neutron.ts";
import { externalNetworkName } from "../neutron/neutron-records.ts";
import { badRequest, conflict } from "./server-checks.ts";
import type { ServerBody } from "./server-records.ts";
import type { CreateServerArgs } from "./types.ts";

/** The ports that a new server gets. */
export class ServerPorts {
  readonly #neutron: Neutron;

  constructor(neutron: Neutron) {
    this.#neutron = neutron;
  }

  /** Refuses ports that the server could not have. */
  check(region: string, args: CreateServerArgs): void {
    for (const { portId } of args.networks) {
      if (portId === undefined) continue;
      const port = this.#neutron.records.ports.find(portId);
      if (port === undefined || port.region !== region) throw badRequest(`Port ${portId} could not be found.`);
      if (port.body.fixedIps.length === 0) throw badRequest(`Port ${portId} requires a FixedIP in order to be used.`);
      if (port.body.deviceId !== "") throw conflict(`Port ${portId} is still in use.`);
    }
  }

  /** Binds the given ports, which were checked, and makes one for each network named. */
  take(region: string, serverId: string, args: CreateServerArgs): ServerBody["ports"] {
    const networks = args.networks.length === 0 ? [{ networkId: this.#externalNetworkId(region) }] : args.networks;
    return networks.map((wanted: CreateServerArgs["networks"][number]) => {
      if (wanted.portId !== undefined) {
        this.#neutron.ports.attach(wanted.portId, serverId, "compute:nova");
        return { id: wanted.portId, own: false };
      }
      const network = this.#neutron.records.networks.find(wanted.networkId ?? "");
      if (network === undefined || network.region !== region) {
        throw badRequest(`Network ${wanted.networkId} could not be found.`);
      }
      const port = this.#neutron.ports.create({
        name: `${args.name} ${network.name}`,
        networkId: network.id,
        ...(wanted.fixedIp === undefined ? {} : { fixedIps: [{ ipAddress: wanted.fixedIp }] }),
        securityGroupIds: args.securityGroups,
        deviceId: serverId,
        deviceOwner: "compute:nova",
      });
      return { id: port.id, own: true };
    });
  }

  #externalNetworkId(region: string): string {
    return this.#neutron.records.networks.list({ region, name: externalNetworkName })[0]?.id ?? "";
  }
}
