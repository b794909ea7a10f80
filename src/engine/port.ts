import type { LorError } from "../core/errors.ts";

/** What happens to one resource. */
export type Change = "create" | "update" | "replace" | "delete" | "read" | "import" | "same";

/** One resource of a preview or of a run. */
export interface ResourceChange {
  readonly urn: string;
  readonly type: string;
  /** Pulumi name. */
  readonly name: string;
  readonly change: Change;
  /** Inputs that differ, as property paths such as `flavorName`. */
  readonly changedProperties: readonly string[];
  /** The subset of them that forces a replace. */
  readonly replacingProperties: readonly string[];
  /** Values of what differs, once the engine has told both sides; secrets are masked. Absent: none are known. */
  readonly values?: readonly ValueChange[];
  /**
   * Of a creation: the inputs by which its resource is found in the cloud (names, ids of parents), never a secret. Absent while one of them
   * depends on a resource that is not there: such a creation was never sent.
   */
  readonly identity?: Readonly<Record<string, string | number>>;
}

/** One property of an existing resource, before and after a change. */
export interface ValueChange {
  /** Down to the member that differs, such as `metadata.role` or `fixedIps[0].ipAddress`. */
  readonly path: string;
  /** As JSON; null is none. A secret is `(secret)`; a value that depends on another change is `(known after the change)`. */
  readonly before: unknown;
  readonly after: unknown;
}

/** What the engine tells while it runs. A value appears in `ResourceChange.values` only, where secrets are masked. */
export type EngineEvent =
  /** The program has declared it: what it waits for, as URNs; from the program's own run, before `started`. */
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

/** Builds the resources; called once for each run, inside the engine's program context. */
export type Program = () => Promise<Record<string, unknown>>;

export interface RunOptions {
  readonly onEvent?: (event: EngineEvent) => void;
  /** Aborting asks the engine to stop after the operations in progress. */
  readonly signal?: AbortSignal;
  /** Resources at the same time; the engine's default when absent. */
  readonly parallel?: number;
  /** Ask the cloud for the real state first. */
  readonly refresh?: boolean;
  /** URN -> id of an existing resource that this run adopts instead of creating it. */
  readonly adopt?: ReadonlyMap<string, Adoption>;
  /** Only these URNs are touched; everything when absent. */
  readonly targets?: readonly string[];
  /**
   * URN -> what it waited for when it was recorded. A run with `targets` whose program has another order is refused by engine 3.259 ("Duplicate resource
   * URN"): with this it keeps the recorded one as well.
   */
  readonly recordedOrder?: ReadonlyMap<string, readonly string[]>;
  /** URNs of which every input stays as it is, whatever the program says. */
  readonly keep?: ReadonlySet<string>;
  /** URNs that will not be there: what would only wait for one of them does not. */
  readonly without?: ReadonlySet<string>;
}

export interface Adoption {
  /** What the provider imports by; the id that the state keeps where it is entered instead. */
  readonly id: string;
  /** Inputs that the provider cannot read back, ignored while adopting and taken from the program afterwards. */
  readonly writeOnlyInputs: readonly string[];
  /** Inputs that the provider's import makes up: ignored while adopting and taken out of the state afterwards. */
  readonly importOnlyInputs?: readonly string[];
  /** Of what is entered: asked, with the program's own inputs, whether it is what the cloud has; otherwise it is left out. Default: it is. */
  readonly fits?: (inputs: Readonly<Record<string, unknown>>) => boolean;
  /** Outputs that the cloud tells nobody any more, such as a password: they go into the state as secrets. */
  readonly secretOutputs?: Readonly<Record<string, string>>;
}

/** One input of an existing resource that is not what the program says. */
export interface Difference {
  /** Property path, such as `flavorName`. */
  readonly path: string;
  /** As the engine shows values: a secret is `[secret]`; undefined is none. */
  readonly found: unknown;
  readonly wanted: unknown;
}

export interface RunResult {
  readonly changes: readonly ResourceChange[];
  /** URN -> what the run would change in an existing resource, or did. */
  readonly differences: ReadonlyMap<string, readonly Difference[]>;
  /** URN -> of what it adopts, the program's values of the inputs that cannot be read back; undefined while one is not known. Some are secret: never print them. */
  readonly writeOnlyValues: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** The program's outputs in clear; empty after a preview or destroy. Never print it whole. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly durationSeconds: number;
}

export interface InsertResult {
  /** As it was before. */
  readonly preview: RunResult;
  /** URNs that were entered; the others hang on something that is not there, or do not fit. */
  readonly inserted: readonly string[];
}

/** The state as the engine exports it; opaque but for what recovery needs. */
export interface StateExport {
  readonly resources: readonly StateResource[];
  readonly pendingOperations: readonly { readonly kind: string; readonly urn: string; readonly type: string }[];
  /** The raw export, for import and for hashing. */
  readonly raw: unknown;
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string | undefined;
  /** What the `import` option was given, of a resource that was adopted. */
  readonly importId?: string;
  /** Secrets are redacted here. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  /** Deleted already, by a replace whose creation has failed. */
  readonly pendingReplacement?: true;
  /** URNs of what it waited for. */
  readonly dependencies: readonly string[];
}

/** One stack of one project, driven through the Automation API. Every method fails with a coded LorError. */
export interface EngineStack {
  preview(program: Program, options?: RunOptions): Promise<RunResult>;
  up(program: Program, options?: RunOptions): Promise<RunResult>;
  /**
   * Previews, then enters into the state what exists and what its provider cannot import, with the inputs that the program gives it; in the cloud nothing changes. What
   * only the cloud tells of it comes with the next refresh, what it depends on with the next run.
   */
  insertIntoState(program: Program, adopt: ReadonlyMap<string, Adoption>, options?: RunOptions): Promise<InsertResult>;
  /**
   * Without a program: by the providers that the state names, and what the stack says of itself stays.
   * With one it says what the program does, and the whole state is written after each resource that is read.
   */
  refresh(program: Program | undefined, options?: RunOptions): Promise<RunResult>;
  destroy(options?: RunOptions): Promise<RunResult>;
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** Gives back the backend's lock of a holder that is dead; the caller has made sure of that. */
  cancel(): Promise<void>;
  exportState(): Promise<StateExport>;
  importState(raw: unknown): Promise<void>;
}

/** Where the engine binary was found, or why there is none. */
export type EngineLocation =
  | {
      readonly found: true;
      readonly path: string;
      readonly version: string;
      readonly origin: "path" | "cache" | "download" | "build";
    }
  | { readonly found: false; readonly reason: LorError };
