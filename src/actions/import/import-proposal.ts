import type { Profile } from "../../domain/profile.ts";
import type { GatheredSecret } from "../../stack/gather-secrets.ts";
import type { CloudKind } from "../../state/stack-folder.ts";

/** Result for one resource of the program. */
export interface ImportedResource {
  readonly type: string;
  readonly name: string;
  readonly verdict: /** The state has it. */
    | "known"
    /** Exists as the program describes it. */
    | "found"
    /** Does not exist: `up` creates it. */
    | "missing"
    /** Several resources have the name. */
    | "ambiguous"
    /** Exists, and the next run would change it. */
    | "differs"
    /** Exists, and depends on a missing resource. */
    | "incomplete";
  /** Id in the cloud. */
  readonly id?: string;
  /** Ids, when ambiguous. */
  readonly ids?: readonly string[];
  readonly differences?: readonly ImportDifference[];
  /** Missing dependencies, such as `Port ps-0`. */
  readonly lacks?: readonly string[];
  /** Inputs that the provider cannot read back: ignored while adopting, then recorded with the program's values. */
  readonly writeOnlyInputs?: readonly string[];
}

interface ImportDifference {
  readonly path: string;
  /** As text; a secret is `[secret]`, no value is undefined. */
  readonly found: string | undefined;
  readonly wanted: string | undefined;
  /** Setting to change so that it matches; undefined when there is none. */
  readonly setting: string | undefined;
}

export interface ImportedSecret {
  readonly type: string;
  readonly name: string;
  readonly what: string;
  readonly from: GatheredSecret["from"];
}

/** Proposal to approve: the contents of the state after the import. Nothing changes in the cloud. */
export interface ImportProposal {
  readonly cloud: CloudKind;
  readonly stack: string;
  /** Profile to record for the stack; undefined between two. */
  readonly profile: Profile | undefined;
  readonly resources: readonly ImportedResource[];
  readonly secrets: readonly ImportedSecret[];
}
