import * as openstack from "@pulumi/openstack";
import {
  all,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  type Output,
  output,
  secret,
} from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import {
  type BastionDocument,
  documentName,
  type GuestDocument,
  type GuestRole,
  hostKeysName,
  type LogShipping,
  logsPrefix,
} from "../../src/machines/document.ts";
import { packDocument } from "../../src/machines/pack-document.ts";
import { renderUserData } from "../../src/machines/user-data.ts";
import { Component } from "../base/component.ts";
import { signTempUrl } from "../base/temp-url.ts";
import type { Transform } from "../base/transform.ts";

/**
 * 2100-01-01T00:00:00Z, in seconds. Fixed, because the address is part of the user data and another one would replace the
 * machine; it is taken back by changing the container's key.
 */
const addressesExpireAtSeconds = 4_102_444_800;

/** Age of the newest line that the loss of a machine takes with it, in seconds. */
const logsEverySeconds = 60;

/** Where machines send their journals, and for how long they are kept. */
export interface LogsArgs {
  /** Address of a log server: `https://`, `syslog://` or `syslog+tls://`. Default: the container. */
  readonly server?: string;
  /** Age at which a piece in the container is deleted, in seconds. */
  readonly keepSeconds: number;
}

/** Adjustments of the resources that a `GuestConfiguration` creates. */
export interface GuestConfigurationTransforms {
  readonly key?: Transform<random.RandomPasswordArgs>;
  readonly container?: Transform<openstack.objectstorage.ContainerArgs>;
}

export interface GuestConfigurationArgs {
  /** Cloud name of the container. */
  readonly cloudName: string;
  /** Object storage region, such as `GRA`. */
  readonly region: string;
  /** Base address of the project's Swift account, such as `https://storage.gra.cloud.ovh.net/v1/AUTH_0123`. */
  readonly accountUrl: Input<string>;
  /** Whether machines write to the container: it is then deleted with the objects that no resource describes. Default: false. */
  readonly writtenByMachines?: boolean;
  readonly transform?: GuestConfigurationTransforms;
}

/** Resources that a `GuestConfiguration` creates. */
export interface GuestConfigurationNodes {
  readonly key: random.RandomPassword;
  readonly container: openstack.objectstorage.Container;
}

/**
 * Where machines fetch their configuration from: a private container. A document's
 * address is signed with the container's key, so that a guest needs no account of the cloud. Holds no data: every
 * document is made again from the settings.
 *
 * Changing the container's key changes every address, hence every user data, and replaces the machines: never do it in passing.
 *
 * @example
 * ```ts
 * import { GuestConfiguration } from "lor-infra/components";
 *
 * export const configuration = new GuestConfiguration("configuration", {
 *   cloudName: "shop-prod-configuration",
 *   region: "GRA",
 *   accountUrl: "https://storage.gra.cloud.ovh.net/v1/AUTH_0123",
 * });
 * ```
 */
export class GuestConfiguration extends Component {
  readonly #args: GuestConfigurationArgs;
  readonly #nodes: GuestConfigurationNodes;

  constructor(name: string, args: GuestConfigurationArgs, options?: ComponentResourceOptions) {
    super("ovh", "GuestConfiguration", name, options);
    this.#args = args;

    const key = this.#createKey(name);
    const container = this.#createContainer(name, key);

    this.#nodes = { key, container };
    this.registerOutputs({ container: container.name });
  }

  /** The resources themselves, for what this component has no argument for. */
  get nodes(): GuestConfigurationNodes {
    return this.#nodes;
  }

  /** Secret user data of a machine: who it is and where its document lies. */
  userData(name: string, role: GuestRole): Output<string> {
    return secret(
      this.#sign("GET", documentName(name)).apply((documentUrl) => renderUserData({ name, role, documentUrl })),
    );
  }

  /** Secret address to which a machine, and no other, publishes its public host keys. */
  hostKeysUrl(name: string): Output<string> {
    return secret(this.#sign("PUT", hostKeysName(name)));
  }

  /** How a machine sends its journal: to a log server, or to this container below an address that is signed for this machine alone. */
  logShipping(name: string, { server, keepSeconds }: LogsArgs): Output<LogShipping> {
    const stored = this.#sign("PUT", logsPrefix(name), true).apply((url) => url.replace(/^https:/, "swift:"));
    const target = server === undefined ? stored : output(server);
    return secret(target.apply((address) => ({ target: address, keepSeconds, everySeconds: logsEverySeconds })));
  }

  #sign(method: "GET" | "PUT", object: string, prefix = false): Output<string> {
    return all([output(this.#args.accountUrl), this.#nodes.key.result]).apply(([accountUrl, key]) =>
      signTempUrl({
        method,
        accountUrl,
        container: this.#args.cloudName,
        object,
        prefix,
        key,
        expiresAtSeconds: addressesExpireAtSeconds,
      }),
    );
  }

  /** Inputs of the object that holds a machine's document; the tier that owns the machine creates it. */
  documentArgs(
    name: string,
    document: Input<GuestDocument | BastionDocument>,
  ): openstack.objectstorage.ContainerObjectArgs {
    return {
      containerName: this.#nodes.container.name,
      name: documentName(name),
      region: this.#args.region,
      contentType: "application/json",
      content: secret(output(document).apply((content) => `${JSON.stringify(packDocument(content), undefined, 2)}\n`)),
    };
  }

  #createKey(name: string): random.RandomPassword {
    return new random.RandomPassword(...this.child(name, { length: 48, special: false }, this.#args.transform?.key));
  }

  #createContainer(name: string, key: random.RandomPassword): openstack.objectstorage.Container {
    return new openstack.objectstorage.Container(
      ...this.child(
        name,
        {
          name: this.#args.cloudName,
          region: this.#args.region,
          metadata: secret({ "Temp-URL-Key": interpolate`${key.result}` }),
          ...(this.#args.writtenByMachines === true ? { forceDestroy: true } : {}),
        },
        this.#args.transform?.container,
        { additionalSecretOutputs: ["metadata"] },
      ),
    );
  }
}
