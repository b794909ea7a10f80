/** What a cloud answered to a step, without what differs from run to run: ids are the resources' names, times and chosen addresses are forms. */
export interface Answer {
  readonly outcome:
    | "created"
    | "updated"
    | "replaced"
    /** The inputs changed nothing. */
    | "same"
    | "read"
    /** It is not there any more. */
    | "gone"
    | "imported"
    | "deleted"
    | "refused"
    /** What it needs was refused before. */
    | "skipped";
  /** Where the refusal came, and what kind it is. */
  readonly refusal?: {
    readonly at: "check" | "diff" | "create" | "read" | "update" | "delete";
    readonly class: string;
    /** A creation that was refused and yet left something behind: the state keeps it. */
    readonly left?: true;
  };
  /** Properties that differ between state and program, and those of them that ask for a new resource. */
  readonly differs?: readonly string[];
  readonly replaces?: readonly string[];
  /** The old one goes before the new one comes. */
  readonly deleteFirst?: true;
  /** Inputs after the check, as far as they are not those of the step. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Outputs; after a refresh only those that are not as before, null for those that went. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}
