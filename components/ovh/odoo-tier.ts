import * as openstack from "@pulumi/openstack";
import { type ComponentResourceOptions, type Input, type Output, output, secret } from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { GuestDocument } from "../../src/machines/document.ts";
import { guestSecretNames, renderGuestDocument } from "../../src/machines/render-document.ts";
import { Component, type DataProtection, ignoreDisplayNames } from "../base/component.ts";
import type { Transform } from "../base/transform.ts";
import type { GuestConfiguration, LogsArgs } from "../openstack/guest-configuration.ts";
import { createServer, type Server, type ServerNodes, type ServerTransforms } from "../openstack/server.ts";
import type { ManagedDb } from "./managed-db.ts";
import type { ObjectStorage } from "./object-storage.ts";
import type { VRack } from "./v-rack.ts";

/** Characters of an application secret: letters and digits, so that no configuration file has to quote one. */
const secretLength = 48;

/** Adjustments of the resources that an `OdooTier` creates. */
export interface OdooTierTransforms extends ServerTransforms {
  readonly floatingIp?: Transform<openstack.networking.FloatingIpArgs>;
  readonly floatingIpAssociate?: Transform<openstack.networking.FloatingIpAssociateArgs>;
  readonly secrets?: Transform<random.RandomPasswordArgs>;
}

export interface OdooTierArgs extends DataProtection {
  /** Compute region, such as `GRA11`. */
  readonly region: string;
  readonly server: Server;
  /** Name that the staff types, such as `erp.lor.example`. */
  readonly domain: string;
  readonly release: GuestDocument["release"];
  /** Lines of an `authorized_keys` file: who may log in; changing them replaces nothing. */
  readonly administratorKeys: readonly string[];
  /** Whether the machines publish their public host keys, for those who log in. Default: false. */
  readonly publishHostKeys?: boolean;
  /** Where the machines send their journals. Default: nowhere. */
  readonly logs?: LogsArgs;
  /** Certificate authority of its HTTPS. Default: Let's Encrypt, without an e-mail address. */
  readonly authority?: GuestDocument["authority"];
  /** How often, in seconds, the filestore is copied to object storage, and after how long a copy is given up. */
  readonly filestore: { readonly copyEverySeconds: number; readonly copyTimeoutSeconds: number };
  /** Networks that may open the ERP, as CIDR; the network's firewall is to say the same. Default: anyone. */
  readonly allowFrom?: readonly string[];
  /** Debian package of wkhtmltopdf with patched Qt. Default: Debian's own, without page headers and footers. */
  readonly wkhtmltopdf?: GuestDocument["wkhtmltopdf"];
  /** Relay of outgoing mail. Default: none. */
  readonly mail?: GuestDocument["mail"];
  /** Password of `mail.user`. Secret. Required with a user, unused without one. */
  readonly mailPassword?: Input<string>;
  readonly network: VRack;
  /** Part of the network that it stands in. */
  readonly part: string;
  /** Name of the cloud's public network, which the floating address comes from. */
  readonly externalNetwork: string;
  readonly database: ManagedDb;
  readonly storage: ObjectStorage;
  readonly configuration: GuestConfiguration;
  readonly transform?: OdooTierTransforms;
}

/** Resources that an `OdooTier` creates. */
export interface OdooTierNodes extends ServerNodes {
  readonly floatingIp: openstack.networking.FloatingIp;
  readonly floatingIpAssociate: openstack.networking.FloatingIpAssociate;
  readonly secrets: Readonly<Record<string, random.RandomPassword>>;
}

/**
 * The ERP: one server with a public address of its own. Its volume holds data (the filestore: attachments, invoices) and is protected; the
 * instance backup does not cover it, the copies to object storage do.
 *
 * @example
 * ```ts
 * import { OdooTier, type OdooTierArgs } from "lor-infra/components";
 *
 * export const createErp = (
 *   { network, database, storage, configuration }: Pick<OdooTierArgs, "network" | "database" | "storage" | "configuration">,
 *   release: OdooTierArgs["release"],
 * ) =>
 *   new OdooTier("odoo", {
 *     region: "GRA11",
 *     server: {
 *       name: "odoo",
 *       cloudName: "shop-prod-odoo",
 *       flavor: "b2-15-flex",
 *       image: "Debian 12",
 *       address: "10.10.3.10",
 *       volume: { cloudName: "shop-prod-odoo-data", gigabytes: 100, type: "high-speed" },
 *     },
 *     domain: "erp.example.com",
 *     release,
 *     administratorKeys: [],
 *     filestore: { copyEverySeconds: 1800, copyTimeoutSeconds: 600 },
 *     network,
 *     part: "odoo",
 *     externalNetwork: "Ext-Net",
 *     database,
 *     storage,
 *     configuration,
 *   });
 * ```
 */
export class OdooTier extends Component {
  readonly instanceId: Output<string>;
  /** Public address; stays the same when the server is replaced. */
  readonly publicAddress: Output<string>;
  readonly #nodes: OdooTierNodes;

  constructor(name: string, args: OdooTierArgs, options?: ComponentResourceOptions) {
    super("ovh", "OdooTier", name, options);

    const floatingIp = this.#createFloatingIp(args);
    const secrets = this.#createSecrets(args);
    const server = this.#createServer(args, this.#describeDocument(args, secrets));
    const floatingIpAssociate = this.#createFloatingIpAssociate(args, floatingIp, server);

    this.instanceId = server.instance.id;
    this.publicAddress = floatingIp.address;
    this.#nodes = { ...server, floatingIp, floatingIpAssociate, secrets };
    this.registerOutputs({ publicAddress: this.publicAddress });
  }

  /** The resources themselves, for what this component has no argument for. */
  get nodes(): OdooTierNodes {
    return this.#nodes;
  }

  #createFloatingIp(args: OdooTierArgs): openstack.networking.FloatingIp {
    return new openstack.networking.FloatingIp(
      ...this.child(
        args.server.name,
        { pool: args.externalNetwork, description: args.server.cloudName, region: args.region },
        args.transform?.floatingIp,
        ignoreDisplayNames({ dependsOn: [args.network.part(args.part).routerInterface] }),
      ),
    );
  }

  #createSecrets(args: OdooTierArgs): Readonly<Record<string, random.RandomPassword>> {
    const secrets: Record<string, random.RandomPassword> = {};
    for (const secret of guestSecretNames.odoo) {
      secrets[secret] = new random.RandomPassword(
        ...this.child(
          `${args.server.name}-${secret}`,
          { length: secretLength, special: false },
          args.transform?.secrets,
        ),
      );
    }
    return secrets;
  }

  #describeDocument(
    args: OdooTierArgs,
    secrets: Readonly<Record<string, random.RandomPassword>>,
  ): Output<GuestDocument> {
    const { database, storage } = args;
    return output({
      host: database.host,
      port: database.port,
      user: database.userName,
      password: database.password,
      administrator: database.administrator,
      images: storage.images,
      copies: storage.copies,
      secrets: {
        ...Object.fromEntries(Object.entries(secrets).map(([key, value]) => [key, value.result])),
        ...(args.mailPassword === undefined ? {} : { mailPassword: secret(args.mailPassword) }),
      },
      hostKeysUrl: args.publishHostKeys === true ? args.configuration.hostKeysUrl(args.server.name) : undefined,
      logs: args.logs && args.configuration.logShipping(args.server.name, args.logs),
    }).apply(({ host, port, user, password, administrator, images, copies, secrets, hostKeysUrl, logs }) =>
      renderGuestDocument({
        name: args.server.name,
        role: "odoo",
        domain: args.domain,
        release: args.release,
        database: {
          engine: "postgresql",
          host,
          port,
          name: database.databaseName,
          user,
          password,
          ...(administrator === undefined ? {} : { administrator }),
        },
        storage: images,
        copies,
        trustedProxies: [],
        filestore: args.filestore,
        ...(args.authority === undefined ? {} : { authority: args.authority }),
        ...(args.allowFrom === undefined ? {} : { allowFrom: args.allowFrom }),
        ...(args.wkhtmltopdf === undefined ? {} : { wkhtmltopdf: args.wkhtmltopdf }),
        ...(args.mail === undefined ? {} : { mail: args.mail }),
        administratorKeys: args.administratorKeys,
        ...(hostKeysUrl === undefined ? {} : { hostKeysUrl }),
        ...(logs === undefined ? {} : { logs }),
        secrets,
      }),
    );
  }

  #createServer(args: OdooTierArgs, document: Output<GuestDocument>): ServerNodes {
    return createServer(this.child.bind(this), {
      server: args.server,
      parent: this,
      role: "odoo",
      region: args.region,
      place: args.network.part(args.part),
      securityGroupId: args.network.firewall(args.part).id,
      configuration: args.configuration,
      document,
      volumeHoldsData: true,
      protection: args,
      dependsOn: [],
      transform: args.transform,
    });
  }

  #createFloatingIpAssociate(
    args: OdooTierArgs,
    floatingIp: openstack.networking.FloatingIp,
    server: ServerNodes,
  ): openstack.networking.FloatingIpAssociate {
    return new openstack.networking.FloatingIpAssociate(
      ...this.child(
        args.server.name,
        { floatingIp: floatingIp.address, portId: server.port.id, region: args.region },
        args.transform?.floatingIpAssociate,
      ),
    );
  }
}
