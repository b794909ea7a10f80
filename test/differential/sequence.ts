import type { Properties } from "../local-cloud/provider/provider-client.ts";

/**
 * What is done to a cloud, as plain data, so that it can be done to any: one operation of a user, of somebody else behind the state's back, or of
 * nature, on a resource that has a name.
 *
 * A text in the inputs that begins with `@` is a reference: `@net` is the id of the resource `net`, `@net.cidr` one of its outputs, `@net.allFixedIps.0` a
 * part of one, and `@@image` something that the cloud comes with.
 */
export type Step = Operation & {
  /** How long it may take, seconds: what is refused for longer is refused. Default: as long as what is right may take. */
  readonly patience?: number;
};

type Operation =
  /** A resource comes into the program. */
  | { readonly op: "create"; readonly name: string; readonly type: string; readonly inputs: Properties }
  /** Its inputs become these: an update, a replacement, or nothing. */
  | { readonly op: "change"; readonly name: string; readonly inputs: Properties }
  /** The state is compared with the cloud. */
  | { readonly op: "refresh"; readonly name: string }
  /** What is there is adopted under its import id, as if it had been made by hand. The state keeps what it had. */
  | { readonly op: "import"; readonly name: string; readonly id?: string }
  /** Somebody else changes it, and the state does not know. */
  | { readonly op: "drift"; readonly name: string; readonly inputs: Properties }
  /** Somebody else deletes it, and the state does not know. */
  | { readonly op: "vanish"; readonly name: string }
  /** A resource leaves the program. */
  | { readonly op: "delete"; readonly name: string };

export interface Sequence {
  readonly family: string;
  readonly seed: number;
  /** Limits of the project, by the local cloud's names; the rest is ample. */
  readonly quotas: Readonly<Record<string, number>>;
  readonly steps: readonly Step[];
}

/** Name of a sequence and of its recording. */
export function titleOf({ family, seed }: Sequence): string {
  return `${family}-${seed}`;
}

/** A step in words. */
export function wordsOf(step: Step): string {
  return step.op === "create" ? `create ${step.name} (${shortType(step.type)})` : `${step.op} ${step.name}`;
}

/** `openstack:networking/network:Network` -> `Network`. */
export function shortType(type: string): string {
  return type.split(":")[2] ?? type;
}
