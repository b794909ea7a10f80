import * as openstack from "@pulumi/openstack";
import { all, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { BastionDocument } from "../../src/machines/document.ts";
import { renderBastionDocument } from "../../src/machines/render-document.ts";
import { Component, ignoreDisplayNames } from "../base/component.ts";
import type { Transform } from "../base/transform.ts";
import type { GuestConfiguration, LogsArgs } from "../openstack/guest-configuration.ts";
import { createMachine, type Machine, type MachineNodes, type MachineTransforms } from "../openstack/server.ts";
import type { VRack } from "./v-rack.ts";

/** Adjustments of the resources that a `Bastion` creates. */
export interface BastionTransforms extends MachineTransforms {
  readonly floatingIp?: Transform<openstack.networking.FloatingIpArgs>;
  readonly floatingIpAssociate?: Transform<openstack.networking.FloatingIpAssociateArgs>;
}

export interface BastionArgs {
  /** Compute region, such as `GRA11`. */
  readonly region: string;
  readonly server: Machine;
  /** Lines of an `authorized_keys` file: who may log in; changing them replaces nothing. */
  readonly administratorKeys: readonly string[];
  /** Private addresses of the machines whose SSH server it forwards to. */
  readonly machines: readonly string[];
  /** Whether administrators get a shell on it. Default: false, it only forwards. */
  readonly shell?: boolean;
  /** Destination of its journal. Default: the journal stays on the machine. */
  readonly logs?: LogsArgs;
  readonly network: VRack;
  /** Part of the network that it stands in, with the security group of the same name. */
  readonly part: string;
  /** Name of the cloud's public network, which the floating address comes from. */
  readonly externalNetwork: string;
  readonly configuration: GuestConfiguration;
  readonly transform?: BastionTransforms;
}

/** Resources that a `Bastion` creates. */
export interface BastionNodes extends MachineNodes {
  readonly floatingIp: openstack.networking.FloatingIp;
  readonly floatingIpAssociate: openstack.networking.FloatingIpAssociate;
}

/**
 * The only machine that answers SSH from outside: it forwards administrators to the SSH servers of the others. Holds no data; when it is lost,
 * a new one is the same.
 *
 * @example
 * ```ts
 * import { Bastion, type BastionArgs } from "lor-infra/components";
 *
 * export const createBastion = ({ network, configuration }: Pick<BastionArgs, "network" | "configuration">) =>
 *   new Bastion("bastion", {
 *     region: "GRA11",
 *     server: {
 *       name: "bastion",
 *       cloudName: "shop-prod-bastion",
 *       flavor: "b3-8",
 *       image: "Debian 12",
 *       address: "10.10.5.10",
 *     },
 *     administratorKeys: [],
 *     machines: ["10.10.1.10"],
 *     network,
 *     part: "access",
 *     externalNetwork: "Ext-Net",
 *     configuration,
 *   });
 * ```
 */
export class Bastion extends Component {
  /** Public address; stays the same when the machine is replaced. */
  readonly publicAddress: Output<string>;
  readonly #nodes: BastionNodes;

  constructor(name: string, args: BastionArgs, options?: ComponentResourceOptions) {
    super("ovh", "Bastion", name, options);

    const floatingIp = this.#createFloatingIp(args);
    const machine = this.#createMachine(args);
    const floatingIpAssociate = this.#createFloatingIpAssociate(args, floatingIp, machine);

    this.publicAddress = floatingIp.address;
    this.#nodes = { ...machine, floatingIp, floatingIpAssociate };
    this.registerOutputs({ publicAddress: this.publicAddress });
  }

  /** The resources themselves, for what this component has no argument for. */
  get nodes(): BastionNodes {
    return this.#nodes;
  }

  #createFloatingIp(args: BastionArgs): openstack.networking.FloatingIp {
    return new openstack.networking.FloatingIp(
      ...this.child(
        args.server.name,
        { pool: args.externalNetwork, description: args.server.cloudName, region: args.region },
        args.transform?.floatingIp,
        ignoreDisplayNames({ dependsOn: [args.network.part(args.part).routerInterface] }),
      ),
    );
  }

  #createMachine(args: BastionArgs): MachineNodes {
    return createMachine(this.child.bind(this), {
      server: args.server,
      parent: this,
      role: "bastion",
      region: args.region,
      place: args.network.part(args.part),
      securityGroupId: args.network.firewall(args.part).id,
      configuration: args.configuration,
      document: this.#describeDocument(args),
      dependsOn: [],
      transform: args.transform,
    });
  }

  #describeDocument(args: BastionArgs): Output<BastionDocument> {
    const { configuration, logs: wanted } = args;
    return all([
      configuration.hostKeysUrl(args.server.name),
      wanted && configuration.logShipping(args.server.name, wanted),
    ]).apply(([hostKeysUrl, logs]) =>
      renderBastionDocument({
        name: args.server.name,
        role: "bastion",
        administratorKeys: args.administratorKeys,
        hostKeysUrl,
        ...(logs === undefined ? {} : { logs }),
        machines: args.machines,
        shell: args.shell === true,
      }),
    );
  }

  #createFloatingIpAssociate(
    args: BastionArgs,
    floatingIp: openstack.networking.FloatingIp,
    machine: MachineNodes,
  ): openstack.networking.FloatingIpAssociate {
    return new openstack.networking.FloatingIpAssociate(
      ...this.child(
        args.server.name,
        { floatingIp: floatingIp.address, portId: machine.port.id, region: args.region },
        args.transform?.floatingIpAssociate,
      ),
    );
  }
}
