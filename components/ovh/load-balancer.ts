import * as ovh from "@ovhcloud/pulumi-ovh";
import * as openstack from "@pulumi/openstack";
import { type ComponentResourceOptions, type Input, type Output, output, secret } from "@pulumi/pulumi";
import { ExitCode, LorError } from "../../src/core/errors.ts";
import { Component, ignoreDisplayNames } from "../base/component.ts";
import type { Transform } from "../base/transform.ts";
import type { NetworkPart } from "../openstack/network-part.ts";
import type { VRack } from "./v-rack.ts";

/** Adjustments of the resources that a `LoadBalancer` creates. */
export interface LoadBalancerTransforms {
  readonly floatingIp?: Transform<openstack.networking.FloatingIpArgs>;
  readonly floatingIpAssociate?: Transform<openstack.networking.FloatingIpAssociateArgs>;
  readonly ovhShell?: Transform<ovh.cloudproject.LoadBalancerArgs>;
  readonly openstackShell?: Transform<openstack.loadbalancer.LoadBalancerArgs>;
  readonly certificate?: Transform<openstack.keymanager.SecretV1Args>;
  readonly listener?: Transform<openstack.loadbalancer.ListenerArgs>;
  readonly pool?: Transform<openstack.loadbalancer.PoolArgs>;
  readonly monitor?: Transform<openstack.loadbalancer.MonitorArgs>;
}

export interface LoadBalancerArgs {
  /** Cloud name; listeners, pool, monitor and certificate are named after it. */
  readonly cloudName: string;
  /** Compute region, such as `GRA11`. */
  readonly region: string;
  /** `ovh`: the size changes in place. `openstack`: plain Octavia, whose size is fixed when it is created. */
  readonly driver: "ovh" | "openstack";
  /** The cloud's size name (`small`, `medium`, `large`, `xl`). Required by `ovh`; without it `openstack` takes the cloud's default. */
  readonly flavor?: string;
  /** Wanted private address. Honoured by `openstack` only: OVHcloud's takes none and tells its own. */
  readonly address?: string;
  readonly network: VRack;
  /** Part of the network that it stands in. */
  readonly part: string;
  /** Name of the cloud's public network, which the floating address comes from. */
  readonly externalNetwork: string;
  /** Path that a front answers with 200 when it and its database work; asked without a Host header. */
  readonly healthPath: string;
  /** Time without a byte after which a connection is given up. Default: the cloud's own (Octavia: 50, 5 and 50 s). */
  readonly timeouts?: ListenerTimeouts;
  /** Certificate, key and chain as PKCS#12 without password, in base64. */
  readonly tlsPkcs12: Input<string>;
  readonly transform?: LoadBalancerTransforms;
}

export interface ListenerTimeouts {
  /** Of the client's connection. */
  readonly clientSeconds: number;
  /** For a member to accept a connection. */
  readonly memberConnectSeconds: number;
  /** Of the connection to a member: the longest wait for an answer. */
  readonly memberDataSeconds: number;
}

/** Resources that a `LoadBalancer` creates. */
export interface LoadBalancerNodes {
  readonly floatingIp: openstack.networking.FloatingIp;
  readonly shell: ovh.cloudproject.LoadBalancer | openstack.loadbalancer.LoadBalancer;
  /** `openstack` shell only: OVHcloud's binds the address itself. */
  readonly floatingIpAssociate: openstack.networking.FloatingIpAssociate | undefined;
  readonly certificate: openstack.keymanager.SecretV1;
  readonly listeners: {
    readonly http: openstack.loadbalancer.Listener;
    readonly https: openstack.loadbalancer.Listener;
  };
  readonly pool: openstack.loadbalancer.Pool;
  readonly monitor: openstack.loadbalancer.Monitor;
}

/**
 * The way in: a floating address, a load balancer without listeners of its own, and OpenStack's listeners, pool and monitor on it. HTTPS ends here.
 * Plain HTTP reaches the fronts with `X-Forwarded-Proto: http` and they answer 301 with the path, because the redirect of
 * @pulumi/openstack 3.15.2 would lose it. Members belong to the tier that serves. Holds no data.
 *
 * Everything hangs on the balancer's id only: the other outputs of OVHcloud's are unknown while its size changes, and an unknown
 * input of a listener or a pool would show as a replacement. Sources: ovh/terraform-provider-ovh
 * resource_cloud_project_loadbalancer.go (only name, description and flavor change in place), issue 1293 of the same.
 *
 * @example
 * ```ts
 * import { LoadBalancer, type VRack } from "lor-infra/components";
 *
 * export const createLoadBalancer = (network: VRack, tlsPkcs12: string) =>
 *   new LoadBalancer("lb", {
 *     cloudName: "shop-prod-lb",
 *     region: "GRA11",
 *     driver: "ovh",
 *     flavor: "small",
 *     network,
 *     part: "lb",
 *     externalNetwork: "Ext-Net",
 *     healthPath: "/health",
 *     tlsPkcs12,
 *   });
 * ```
 */
export class LoadBalancer extends Component {
  /** Public address; stays the same whatever happens to the balancer. */
  readonly publicAddress: Output<string>;
  /** Private address that the cloud gave. */
  readonly privateAddress: Output<string>;
  readonly #nodes: LoadBalancerNodes;

  constructor(name: string, args: LoadBalancerArgs, options?: ComponentResourceOptions) {
    super("ovh", "LoadBalancer", name, options);
    const place = args.network.part(args.part);

    const floatingIp = this.#createFloatingIp(name, args, place);
    const { shell, floatingIpAssociate, privateAddress } =
      args.driver === "ovh"
        ? this.#createOvhShell(name, args, place, floatingIp)
        : this.#createOpenstackShell(name, args, place, floatingIp);
    const certificate = this.#createCertificate(name, args);
    const pool = this.#createPool(name, args, shell.id);
    const monitor = this.#createMonitor(name, args, pool);
    const listeners = {
      http: this.#createListener("http", args, shell.id, pool, { protocol: "HTTP", protocolPort: 80 }),
      https: this.#createListener("https", args, shell.id, pool, {
        protocol: "TERMINATED_HTTPS",
        protocolPort: 443,
        defaultTlsContainerRef: certificate.secretRef,
      }),
    };

    this.publicAddress = floatingIp.address;
    this.privateAddress = privateAddress;
    this.#nodes = { floatingIp, shell, floatingIpAssociate, certificate, listeners, pool, monitor };
    this.registerOutputs({ publicAddress: this.publicAddress, privateAddress: this.privateAddress });
  }

  /** The resources themselves, for what this component has no argument for. */
  get nodes(): LoadBalancerNodes {
    return this.#nodes;
  }

  /** Pool that serving machines become members of. */
  get pool(): openstack.loadbalancer.Pool {
    return this.#nodes.pool;
  }

  // Created first and passed in: an address that OVHcloud's shell makes itself survives its destruction and stays billed.
  #createFloatingIp(name: string, args: LoadBalancerArgs, place: NetworkPart): openstack.networking.FloatingIp {
    return new openstack.networking.FloatingIp(
      ...this.child(
        name,
        { pool: args.externalNetwork, description: args.cloudName, region: args.region },
        args.transform?.floatingIp,
        ignoreDisplayNames({ dependsOn: [place.routerInterface] }),
      ),
    );
  }

  #createOvhShell(
    name: string,
    args: LoadBalancerArgs,
    place: NetworkPart,
    floatingIp: openstack.networking.FloatingIp,
  ): Pick<LoadBalancerNodes, "shell" | "floatingIpAssociate"> & { readonly privateAddress: Output<string> } {
    const shell = new ovh.cloudproject.LoadBalancer(
      ...this.child(
        name,
        {
          name: args.cloudName,
          description: args.cloudName,
          // Left out, the provider replaces the load balancer at every update: it compares the project with none (terraform-provider-ovh v2.19.0).
          serviceName: requireProject(args),
          regionName: args.region,
          flavorId: this.#readFlavorId(args, args.flavor ?? ""),
          network: {
            private: {
              network: { id: place.network.id, subnetId: place.subnet.id },
              gateway: { id: args.network.router.id },
              floatingIp: { id: floatingIp.id },
            },
          },
        },
        args.transform?.ovhShell,
        { dependsOn: [place.routerInterface], ignoreChanges: ["description"] },
      ),
    );
    return { shell, floatingIpAssociate: undefined, privateAddress: shell.vipAddress };
  }

  #createOpenstackShell(
    name: string,
    args: LoadBalancerArgs,
    place: NetworkPart,
    floatingIp: openstack.networking.FloatingIp,
  ): Pick<LoadBalancerNodes, "shell" | "floatingIpAssociate"> & { readonly privateAddress: Output<string> } {
    const shell = new openstack.loadbalancer.LoadBalancer(
      ...this.child(
        name,
        {
          name: args.cloudName,
          description: args.cloudName,
          region: args.region,
          vipSubnetId: place.subnet.id,
          ...(args.address === undefined ? {} : { vipAddress: args.address }),
          ...(args.flavor === undefined ? {} : { flavorId: this.#readFlavorId(args, args.flavor) }),
        },
        args.transform?.openstackShell,
        // Another size would replace the balancer and lose its address: it is a choice of the creation.
        { ignoreChanges: ["flavorId", "description"] },
      ),
    );
    const floatingIpAssociate = new openstack.networking.FloatingIpAssociate(
      ...this.child(
        name,
        { floatingIp: floatingIp.address, portId: shell.vipPortId, region: args.region },
        args.transform?.floatingIpAssociate,
      ),
    );
    return { shell, floatingIpAssociate, privateAddress: shell.vipAddress };
  }

  /** Ids of sizes differ per region; @pulumi/openstack 3.15.2 has no such look-up, OVHcloud's ids are Octavia's. */
  #readFlavorId(args: LoadBalancerArgs, flavor: string): Output<string> {
    const offered = ovh.cloudproject.getLoadBalancerFlavorsOutput(
      { serviceName: requireProject(args), regionName: args.region },
      { parent: this },
    );
    return offered.flavors.apply((flavors) => chooseFlavor(flavors, flavor, args.region));
  }

  #createCertificate(name: string, args: LoadBalancerArgs): openstack.keymanager.SecretV1 {
    return new openstack.keymanager.SecretV1(
      ...this.child(
        name,
        {
          name: `${args.cloudName}-certificate`,
          region: args.region,
          payload: secret(output(args.tlsPkcs12)),
          payloadContentType: "application/octet-stream",
          payloadContentEncoding: "base64",
          secretType: "opaque",
        },
        args.transform?.certificate,
        // The provider would delete it first because its name stays: the listener must have the new one before the old one goes.
        ignoreDisplayNames({ additionalSecretOutputs: ["payload"], deleteBeforeReplace: false }),
      ),
    );
  }

  #createPool(name: string, args: LoadBalancerArgs, balancerId: Output<string>): openstack.loadbalancer.Pool {
    return new openstack.loadbalancer.Pool(
      ...this.child(
        name,
        {
          name: `${args.cloudName}-pool`,
          description: args.cloudName,
          region: args.region,
          protocol: "HTTP",
          lbMethod: "LEAST_CONNECTIONS",
          loadbalancerId: balancerId,
        },
        args.transform?.pool,
        // Members are looked up by its name.
        { ignoreChanges: ["description"] },
      ),
    );
  }

  #createMonitor(
    name: string,
    args: LoadBalancerArgs,
    pool: openstack.loadbalancer.Pool,
  ): openstack.loadbalancer.Monitor {
    return new openstack.loadbalancer.Monitor(
      ...this.child(
        name,
        {
          name: `${args.cloudName}-health`,
          region: args.region,
          poolId: pool.id,
          type: "HTTP",
          httpMethod: "GET",
          urlPath: args.healthPath,
          expectedCodes: "200",
          // A front that hangs is out of the pool after two answers that do not come: at most 5 + 5 + 4 seconds.
          delay: 5,
          timeout: 4,
          maxRetries: 2,
          maxRetriesDown: 2,
        },
        args.transform?.monitor,
        ignoreDisplayNames(),
      ),
    );
  }

  #createListener(
    name: "http" | "https",
    args: LoadBalancerArgs,
    balancerId: Output<string>,
    pool: openstack.loadbalancer.Pool,
    inputs: Pick<openstack.loadbalancer.ListenerArgs, "protocol" | "protocolPort" | "defaultTlsContainerRef">,
  ): openstack.loadbalancer.Listener {
    return new openstack.loadbalancer.Listener(
      ...this.child(
        name,
        {
          name: `${args.cloudName}-${name}`,
          description: args.cloudName,
          region: args.region,
          loadbalancerId: balancerId,
          defaultPoolId: pool.id,
          insertHeaders: { "X-Forwarded-For": "true", "X-Forwarded-Port": "true", "X-Forwarded-Proto": "true" },
          ...(args.timeouts === undefined ? {} : timeoutInputs(args.timeouts)),
          ...inputs,
        },
        args.transform?.listener,
        ignoreDisplayNames(),
      ),
    );
  }
}

/** Octavia counts milliseconds. */
function timeoutInputs({ clientSeconds, memberConnectSeconds, memberDataSeconds }: ListenerTimeouts) {
  return {
    timeoutClientData: clientSeconds * 1000,
    timeoutMemberConnect: memberConnectSeconds * 1000,
    timeoutMemberData: memberDataSeconds * 1000,
  } satisfies Partial<openstack.loadbalancer.ListenerArgs>;
}

function requireProject({ network }: LoadBalancerArgs): Output<string> {
  if (network.projectId !== undefined) return network.projectId;
  throw new Error("a size of load balancer is looked up in an OVHcloud project, and the network is attached to none");
}

/**
 * Id of a size.
 *
 * @throws LorError `load-balancer-size-unavailable` when the region does not offer it.
 */
export function chooseFlavor(
  offered: readonly { readonly id: string; readonly name: string }[],
  wanted: string,
  region: string,
): string {
  const found = offered.find((candidate) => candidate.name === wanted);
  if (found !== undefined) return found.id;
  throw new LorError({
    code: "load-balancer-size-unavailable",
    message: `the region ${region} offers no load balancer of this size`,
    exit: ExitCode.usage,
    culprit: "user",
    path: "loadBalancer.bandwidth",
    seen: wanted,
    accepted: offered.map((candidate) => candidate.name).join(", "),
  });
}
