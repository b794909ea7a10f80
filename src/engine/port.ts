import type { LorError } from "../core/errors.ts";

/** Operation on one resource. */
export type Change = "create" | "update" | "replace" | "delete" | "read" | "import" | "same";

/** One resource of a preview or a run. */
export interface ResourceChange {
  readonly urn: string;
  readonly type: string;
  /** Pulumi name. */
  readonly name: string;
  readonly change: Change;
  /** Paths of the inputs that differ, such as `flavorName`. */
  readonly changedProperties: readonly string[];
  /** Those of them that force a replace. */
  readonly replacingProperties: readonly string[];
  /** Values before and after, once the engine has reported both; secrets are masked. Absent: unknown. */
  readonly values?: readonly ValueChange[];
  /**
   * For a creation: the inputs that identify the resource in the cloud (name, parents' ids), never a secret. Absent while one of them depends on a
   * resource that does not exist: such a creation was never sent.
   */
  readonly identity?: Readonly<Record<string, string | number>>;
}

/** One property of an existing resource, before and after a change. */
export interface ValueChange {
  /** Path of the innermost member that differs, such as `metadata.role` or `fixedIps[0].ipAddress`. */
  readonly path: string;
  /** As JSON; null is none. A secret is `(secret)`; a value that depends on another change is `(known after the change)`. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Events of a run. Values appear in `ResourceChange.values` only, where secrets are masked. */
export type EngineEvent =
  /** The program has declared the resource, with the URNs of its dependencies; emitted before `started`. */
  | {
      readonly kind: "declared";
      readonly urn: string;
      readonly dependsOn: readonly string[];
      /** Those of them whose outputs are in its inputs. */
      readonly needs: readonly string[];
    }
  | { readonly kind: "started"; readonly change: ResourceChange }
  | { readonly kind: "finished"; readonly change: ResourceChange }
  | { readonly kind: "failed"; readonly change: ResourceChange; readonly message: string }
  | {
      readonly kind: "diagnostic";
      readonly severity: "info" | "warning" | "error";
      readonly urn: string | undefined;
      readonly message: string;
    };

/** Declares the resources; called once per run, inside the engine's program context. */
export type Program = () => Promise<Record<string, unknown>>;

export interface RunOptions {
  readonly onEvent?: (event: EngineEvent) => void;
  /** Aborting asks the engine to stop after the operations in progress. */
  readonly signal?: AbortSignal;
  /** Maximum number of resources changed in parallel. Default: the engine's own. */
  readonly parallel?: number;
  /** Refresh the state from the cloud first. */
  readonly refresh?: boolean;
  /** URN -> id of an existing resource to adopt instead of creating it. */
  readonly adopt?: ReadonlyMap<string, Adoption>;
  /** URNs to change. Default: all. */
  readonly targets?: readonly string[];
  /**
   * URN -> dependencies recorded in the state. Engine 3.259 refuses a run with `targets` whose program has another order ("Duplicate resource
   * URN"); with this option the run keeps the recorded order as well.
   */
  readonly recordedOrder?: ReadonlyMap<string, readonly string[]>;
  /** URNs whose inputs all keep their recorded values, whatever the program declares. */
  readonly keep?: ReadonlySet<string>;
  /** URNs that will not exist; dependencies on them are dropped. */
  readonly without?: ReadonlySet<string>;
}

export interface Adoption {
  /** Id for the provider's import, or the id to record for a resource that is inserted into the state. */
  readonly id: string;
  /** Inputs that the provider cannot read back: ignored while adopting, then taken from the program. */
  readonly writeOnlyInputs: readonly string[];
  /** Inputs that the provider's import sets although the program does not: ignored while adopting, then removed from the state. */
  readonly importOnlyInputs?: readonly string[];
  /** For a resource to be inserted: whether the program's inputs match what exists in the cloud; if not, it is skipped. Default: they match. */
  readonly fits?: (inputs: Readonly<Record<string, unknown>>) => boolean;
  /** Outputs that the cloud no longer returns, such as a password: recorded as secrets. */
  readonly secretOutputs?: Readonly<Record<string, string>>;
}

/** An input of an existing resource that differs from the program. */
export interface Difference {
  /** Property path, such as `flavorName`. */
  readonly path: string;
  /** In the engine's display form: `[secret]` for a secret, undefined for no value. */
  readonly found: unknown;
  readonly wanted: unknown;
}

export interface RunResult {
  readonly changes: readonly ResourceChange[];
  /** URN -> differences that the run would change, or has changed. */
  readonly differences: ReadonlyMap<string, readonly Difference[]>;
  /**
   * URN of an adopted resource -> the program's values of its write-only inputs; undefined while one is unknown. Some are secret: never print them.
   */
  readonly writeOnlyValues: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** The program's outputs in clear; empty after a preview or destroy. Never print all of them. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly durationSeconds: number;
}

export interface InsertResult {
  /** The preview before the insertion. */
  readonly preview: RunResult;
  /** URNs that were inserted; the others depend on a missing resource, or do not match. */
  readonly inserted: readonly string[];
}

/** The state as the engine exports it; opaque except for the parts that recovery needs. */
export interface StateExport {
  readonly resources: readonly StateResource[];
  readonly pendingOperations: readonly { readonly kind: string; readonly urn: string; readonly type: string }[];
  /** The raw export, for importing and hashing. */
  readonly raw: unknown;
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string | undefined;
  /** Value of the `import` option of an adopted resource. */
  readonly importId?: string;
  /** Secrets are redacted here. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  /** Already deleted by a replace whose creation has failed. */
  readonly pendingReplacement?: true;
  /** URNs of its dependencies. */
  readonly dependencies: readonly string[];
}

/** One stack of one project, driven through the Automation API. Every method fails with a coded LorError. */
export interface EngineStack {
  preview(program: Program, options?: RunOptions): Promise<RunResult>;
  up(program: Program, options?: RunOptions): Promise<RunResult>;
  /**
   * Previews, then inserts into the state resources that exist in the cloud but cannot be imported, with the program's inputs. Changes nothing in
   * the cloud. The next refresh adds what only the cloud knows; the next run adds the dependencies.
   */
  insertIntoState(program: Program, adopt: ReadonlyMap<string, Adoption>, options?: RunOptions): Promise<InsertResult>;
  /**
   * Without a program the providers recorded in the state are used, and the stack's outputs stay. With a program its outputs apply, and the whole
   * state is written after each resource that is read.
   */
  refresh(program: Program | undefined, options?: RunOptions): Promise<RunResult>;
  destroy(options?: RunOptions): Promise<RunResult>;
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** Releases the backend lock left by a dead process. The caller must have verified that it is dead. */
  cancel(): Promise<void>;
  exportState(): Promise<StateExport>;
  importState(raw: unknown): Promise<void>;
}

/** Location of the engine, or the reason why there is none. */
export type EngineLocation =
  | {
      readonly found: true;
      readonly path: string;
      readonly version: string;
      readonly origin: "path" | "cache" | "download" | "build";
    }
  | { readonly found: false; readonly reason: LorError };
