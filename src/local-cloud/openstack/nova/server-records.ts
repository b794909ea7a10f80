import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { ServerGroupPolicy, ServerStatus } from "./types.ts";

/** Transition in progress; it ends at the record's deadline. */
export type ServerStep =
  | "build"
  | "resize"
  | "confirm"
  | "revert"
  | "rebuild"
  | "start"
  | "stop"
  | "reboot"
  | "delete"
  /** Nothing but the end of the guest's start. */
  | "guest";

export interface ServerBody {
  readonly status: ServerStatus;
  readonly taskState: string | undefined;
  readonly flavorId: string;
  /** While a resize is not confirmed: the flavor to go back to. */
  readonly oldFlavorId: string | undefined;
  readonly newFlavorId: string | undefined;
  readonly imageId: string;
  readonly keyName: string | undefined;
  readonly userData: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly id: string /** Made by Nova, gone with the server. */; readonly own: boolean }[];
  readonly serverGroupId: string | undefined;
  readonly host: string;
  /** While a resize is not confirmed: the other host that is taken. */
  readonly otherHost: string | undefined;
  readonly availabilityZone: string;
  readonly fault: { readonly code: number; readonly message: string } | undefined;
  readonly guestReadyAt: number | undefined;
  /** When the last resize ended, milliseconds of the cloud's clock. */
  readonly resizedAt: number | undefined;
  readonly step: ServerStep | undefined;
  /** How the step ends instead: the old state again, or ERROR. */
  readonly failure: { readonly message: string; readonly end: "rollback" | "error" } | undefined;
  readonly createdAt: string;
  /** First start; undefined until a build has succeeded. */
  readonly launchedAt?: string | undefined;
  readonly updatedAt: string;
}

export type ServerRecord = StoredRecord<ServerBody>;

export interface ServerGroupBody {
  readonly policy: ServerGroupPolicy;
}

export interface KeypairBody {
  readonly publicKey: string;
  readonly fingerprint: string;
}

export class NovaRecords {
  readonly servers: Records<ServerBody>;
  readonly groups: Records<ServerGroupBody>;
  readonly keypairs: Records<KeypairBody>;

  constructor(context: CloudContext) {
    this.servers = new Records(context, "server", (id) => itemNotFound(`Instance ${id} could not be found.`));
    this.groups = new Records(context, "server-group", (id) =>
      itemNotFound(`Instance group ${id} could not be found.`),
    );
    this.keypairs = new Records(context, "keypair", (id) =>
      itemNotFound(`Keypair ${id.replace(/^[^/]*\//, "")} not found for user`),
    );
  }
}

function itemNotFound(message: string): CloudError {
  return new CloudError(404, "itemNotFound", message);
}
