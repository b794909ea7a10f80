import type { Profile } from "../../domain/profile.ts";
import type { GatheredSecret } from "../../stack/gather-secrets.ts";
import type { CloudKind } from "../../state/stack-folder.ts";

/** What is to be said of one resource of the program. */
export interface ImportedResource {
  readonly type: string;
  readonly name: string;
  readonly verdict: /** The state has it. */
    | "known"
    /** In the cloud, as the program says. */
    | "found"
    /** Not in the cloud: `up` creates it. */
    | "missing"
    /** Several of the name. */
    | "ambiguous"
    /** In the cloud, and the next run would change it. */
    | "differs"
    /** In the cloud, and hangs on something that is missing. */
    | "incomplete";
  /** In the cloud. */
  readonly id?: string;
  /** Of an ambiguous one. */
  readonly ids?: readonly string[];
  readonly differences?: readonly ImportDifference[];
  /** Of an incomplete one, such as `Port ps-0`. */
  readonly lacks?: readonly string[];
  /** Inputs that the provider cannot read back: ignored while adopting, afterwards what the program says. */
  readonly writeOnlyInputs?: readonly string[];
}

interface ImportDifference {
  readonly path: string;
  /** As text; a secret is `[secret]`, nothing is undefined. */
  readonly found: string | undefined;
  readonly wanted: string | undefined;
  /** The setting to change so that it fits; undefined when none decides it. */
  readonly setting: string | undefined;
}

export interface ImportedSecret {
  readonly type: string;
  readonly name: string;
  readonly what: string;
  readonly from: GatheredSecret["from"];
}

/** What a person approves: what the state will know. In the cloud nothing changes. */
export interface ImportProposal {
  readonly cloud: CloudKind;
  readonly stack: string;
  /** That the stack is said to run in; undefined between two. */
  readonly profile: Profile | undefined;
  readonly resources: readonly ImportedResource[];
  readonly secrets: readonly ImportedSecret[];
}
