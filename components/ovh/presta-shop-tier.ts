import * as openstack from "@pulumi/openstack";
import {
  all,
  type ComponentResourceOptions,
  type Input,
  type Output,
  output,
  type Resource,
  secret,
} from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { placementRounds } from "../../src/domain/placement.ts";
import type { GuestDocument } from "../../src/machines/document.ts";
import { guestSecretNames, renderGuestDocument } from "../../src/machines/render-document.ts";
import { Component, type DataProtection, ignoreDisplayNames } from "../base/component.ts";
import type { Transform } from "../base/transform.ts";
import type { GuestConfiguration, LogsArgs } from "../openstack/guest-configuration.ts";
import { createServer, type Server, type ServerNodes, type ServerTransforms } from "../openstack/server.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { ManagedDb } from "./managed-db.ts";
import type { ObjectStorage } from "./object-storage.ts";
import type { VRack } from "./v-rack.ts";

/** Characters of an application secret: letters and digits, so that no configuration file has to quote one. */
const secretLength = 48;

/** Adjustments of the resources that a `PrestaShopTier` creates. */
export interface PrestaShopTierTransforms extends ServerTransforms {
  readonly group?: Transform<openstack.compute.ServerGroupArgs>;
  readonly member?: Transform<openstack.loadbalancer.MemberArgs>;
  readonly secrets?: Transform<random.RandomPasswordArgs>;
}

export interface PrestaShopTierArgs extends DataProtection {
  /** Compute region, such as `GRA11`. */
  readonly region: string;
  /** Cloud name of the server group. */
  readonly groupName: string;
  /** Wanted spread over hosts. `anti-affinity` can put a front into ERROR when it is resized. */
  readonly groupPolicy: "soft-anti-affinity" | "anti-affinity";
  /** At least one. */
  readonly fronts: readonly Server[];
  /** Names of the fronts that come first in a change: those of one profile only. */
  readonly extraFronts: readonly string[];
  /**
   * Whether each front waits until the one before it serves: plain `pulumi up` then changes one at a time. False for a first creation and for a switch, whose
   * runs change no more fronts than may be missing at once.
   */
  readonly chain: boolean;
  /**
   * Names of the fronts whose machines exist. Without a chain these change side by side, and new machines are placed beside them in rounds, at most as many at
   * once as there are by then. Default: none. Unused in a chain.
   */
  readonly placed?: readonly string[];
  /**
   * Whether a new front joins the pool with weight 0, because a balancer trusts a new member until a check has failed: the switch lets it in
   * once it is healthy. Default: false, it serves at once. Changes nothing for a member that is there.
   */
  readonly joinDrained?: boolean;
  /** Name that customers type, such as `www.lor.example`. */
  readonly domain: string;
  readonly release: GuestDocument["release"];
  /** Lines of an `authorized_keys` file: who may log in; changing them replaces nothing. */
  readonly administratorKeys: readonly string[];
  /** Whether the machines publish their public host keys, for those who log in. Default: false. */
  readonly publishHostKeys?: boolean;
  /** Where the machines send their journals. Default: nowhere. */
  readonly logs?: LogsArgs;
  /** Most PHP children of a front. Default: as many as its machine carries. */
  readonly phpChildren?: number;
  /** Fingerprint of the account at a certificate authority whose http-01 checks the fronts answer. Default: they answer none. */
  readonly acmeThumbprint?: string;
  /** How often, in seconds, the images are copied off-site, and after how long a copy is given up. */
  readonly imagesCopy: { readonly copyEverySeconds: number; readonly copyTimeoutSeconds: number };
  /** Commands that run on exactly one front, as the shop's user in its folder. Default: none. */
  readonly tasks?: GuestDocument["tasks"];
  /** Relay of outgoing mail. Default: none, no mail is sent. */
  readonly mail?: GuestDocument["mail"];
  /** Password of `mail.user`. Secret. Required with a user, unused without one. */
  readonly mailPassword?: Input<string>;
  readonly network: VRack;
  /** Part of the network that the fronts stand in. */
  readonly part: string;
  readonly loadBalancer: LoadBalancer;
  /** Networks of the load balancer, whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly database: ManagedDb;
  readonly storage: ObjectStorage;
  readonly configuration: GuestConfiguration;
  readonly transform?: PrestaShopTierTransforms;
}

export interface FrontNodes extends ServerNodes {
  readonly member: openstack.loadbalancer.Member;
}

/** Resources that a `PrestaShopTier` creates. */
export interface PrestaShopTierNodes {
  readonly group: openstack.compute.ServerGroup;
  readonly secrets: Readonly<Record<string, random.RandomPassword>>;
  /** By name, in the order in which they change. */
  readonly fronts: ReadonlyMap<string, FrontNodes>;
}

/**
 * The shop's fronts, each a member of the load balancer's pool. Holds no data that is nowhere else: orders are in the
 * database, images in object storage.
 *
 * When `chain` is set the machine of a front waits for the member of the front before it, extra fronts first: plain `pulumi up` then changes one front at a
 * time. It neither drains nor checks health; `lor-infra rush` and `lor-infra normal` do.
 *
 * Machines are not all placed at the same moment: a scheduler does not see one that it is just placing, and fronts would come to lie on one
 * host (docs/decisions/fronts-one-after-another.md).
 *
 * @example
 * ```ts
 * import { PrestaShopTier, type PrestaShopTierArgs } from "lor-infra/components";
 *
 * export const createShop = (
 *   around: Pick<PrestaShopTierArgs, "network" | "loadBalancer" | "database" | "storage" | "configuration">,
 *   release: PrestaShopTierArgs["release"],
 * ) =>
 *   new PrestaShopTier("prestashop", {
 *     ...around,
 *     region: "GRA11",
 *     groupName: "shop-prod-fronts",
 *     groupPolicy: "soft-anti-affinity",
 *     fronts: [
 *       {
 *         name: "ps-0",
 *         cloudName: "shop-prod-ps-0",
 *         flavor: "b2-7-flex",
 *         image: "Debian 12",
 *         address: "10.10.1.10",
 *         volume: { cloudName: "shop-prod-ps-0-data", gigabytes: 100, type: "high-speed" },
 *       },
 *     ],
 *     extraFronts: [],
 *     chain: true,
 *     domain: "www.example.com",
 *     release,
 *     administratorKeys: [],
 *     imagesCopy: { copyEverySeconds: 1800, copyTimeoutSeconds: 600 },
 *     part: "prestashop",
 *     trustedProxies: ["10.10.0.0/24"],
 *   });
 * ```
 */
export class PrestaShopTier extends Component {
  /** Machine id of each front. */
  readonly instanceIds: ReadonlyMap<string, Output<string>>;
  readonly #nodes: PrestaShopTierNodes;

  constructor(name: string, args: PrestaShopTierArgs, options?: ComponentResourceOptions) {
    super("ovh", "PrestaShopTier", name, options);

    const group = this.#createGroup(name, args);
    const secrets = this.#createSecrets(name, args);
    const document = this.#describeDocument(args, secrets);
    const fronts = new Map<string, FrontNodes>();
    // The load balancer takes its new size before the first front changes.
    let before: readonly Resource[] = args.chain ? [args.loadBalancer.pool] : [];
    for (const round of roundsOf(args)) {
      const created = round.map((front) => {
        const nodes = this.#createFront(front, args, group, document(front), before);
        fronts.set(front.name, nodes);
        return args.chain ? nodes.member : nodes.instance;
      });
      before = args.chain || !isPlaced(args, round) ? created : [];
    }

    this.instanceIds = new Map([...fronts].map(([front, nodes]) => [front, nodes.instance.id]));
    this.#nodes = { group, secrets, fronts };
    this.registerOutputs({ fronts: args.fronts.map((front) => front.address) });
  }

  /** The resources themselves, for what this component has no argument for. */
  get nodes(): PrestaShopTierNodes {
    return this.#nodes;
  }

  #createGroup(name: string, args: PrestaShopTierArgs): openstack.compute.ServerGroup {
    return new openstack.compute.ServerGroup(
      ...this.child(
        name,
        { name: args.groupName, policies: [args.groupPolicy], region: args.region },
        args.transform?.group,
        ignoreDisplayNames(),
      ),
    );
  }

  #createSecrets(name: string, args: PrestaShopTierArgs): Readonly<Record<string, random.RandomPassword>> {
    const secrets: Record<string, random.RandomPassword> = {};
    for (const secret of guestSecretNames.prestashop) {
      secrets[secret] = new random.RandomPassword(
        ...this.child(`${name}-${secret}`, { length: secretLength, special: false }, args.transform?.secrets),
      );
    }
    return secrets;
  }

  #describeDocument(
    args: PrestaShopTierArgs,
    secrets: Readonly<Record<string, random.RandomPassword>>,
  ): (front: Server) => Output<GuestDocument> {
    const { database, storage } = args;
    const known = output({
      host: database.host,
      port: database.port,
      user: database.userName,
      password: database.password,
      images: storage.images,
      copies: storage.copies,
      secrets: {
        ...Object.fromEntries(Object.entries(secrets).map(([key, value]) => [key, value.result])),
        ...(args.mailPassword === undefined ? {} : { mailPassword: secret(args.mailPassword) }),
      },
    });
    return (front) =>
      all([
        known,
        args.publishHostKeys === true ? args.configuration.hostKeysUrl(front.name) : undefined,
        args.logs && args.configuration.logShipping(front.name, args.logs),
      ]).apply(([{ host, port, user, password, images, copies, secrets }, hostKeysUrl, logs]) =>
        renderGuestDocument({
          name: front.name,
          role: "prestashop",
          domain: args.domain,
          release: args.release,
          database: { engine: "mysql", host, port, name: database.databaseName, user, password },
          storage: images,
          copies,
          trustedProxies: args.trustedProxies,
          imagesCopy: args.imagesCopy,
          ...(args.acmeThumbprint === undefined ? {} : { acmeThumbprint: args.acmeThumbprint }),
          ...(args.tasks === undefined || args.tasks.length === 0 ? {} : { tasks: args.tasks }),
          ...(args.mail === undefined ? {} : { mail: args.mail }),
          ...(args.phpChildren === undefined ? {} : { phpChildren: args.phpChildren }),
          administratorKeys: args.administratorKeys,
          ...(hostKeysUrl === undefined ? {} : { hostKeysUrl }),
          ...(logs === undefined ? {} : { logs }),
          secrets,
        }),
      );
  }

  #createFront(
    front: Server,
    args: PrestaShopTierArgs,
    group: openstack.compute.ServerGroup,
    document: Output<GuestDocument>,
    before: readonly Resource[],
  ): FrontNodes {
    const place = args.network.part(args.part);
    const server = createServer(this.child.bind(this), {
      server: front,
      parent: this,
      role: "prestashop",
      region: args.region,
      place,
      securityGroupId: args.network.firewall(args.part).id,
      configuration: args.configuration,
      document,
      schedulerHints: [{ group: group.id }],
      volumeHoldsData: false,
      protection: args,
      dependsOn: before,
      transform: args.transform,
    });
    const member = new openstack.loadbalancer.Member(
      ...this.child(
        front.name,
        {
          name: front.cloudName,
          region: args.region,
          poolId: args.loadBalancer.pool.id,
          address: front.address,
          protocolPort: 80,
          subnetId: place.subnet.id,
          weight: args.joinDrained === true ? 0 : 1,
        },
        args.transform?.member,
        // The weight is operated: 0 drains a front before it changes.
        { dependsOn: [server.instance, server.volumeAttach], ignoreChanges: ["weight"] },
      ),
    );
    return { ...server, member };
  }
}

/** Fronts that change side by side; each round waits for the one before it. */
function roundsOf(args: PrestaShopTierArgs): readonly (readonly Server[])[] {
  const fronts = orderOfChange(args.fronts, args.extraFronts);
  if (args.chain) return fronts.map((front) => [front]);
  const placed = fronts.filter((front) => isPlaced(args, [front]));
  const added = fronts.filter((front) => !placed.includes(front));
  return [placed, ...placementRounds(added, placed.length)];
}

function isPlaced({ placed = [] }: PrestaShopTierArgs, round: readonly Server[]): boolean {
  return round.every((front) => placed.includes(front.name));
}

/** Extra fronts first, so that capacity is added before any is taken away; the others by their position. */
function orderOfChange(fronts: readonly Server[], extraFronts: readonly string[]): readonly Server[] {
  const extra = new Set(extraFronts);
  return [...fronts.filter((front) => extra.has(front.name)), ...fronts.filter((front) => !extra.has(front.name))];
}
