import type { Library } from "./diff-inputs.ts";
import type { InputRules } from "./input-rules.ts";
import type { Values } from "./wire-values.ts";

/** A resource as the cloud shows it, in the SDK's names: the inputs that can be read back, and outputs. */
export interface Observed {
  readonly id: string;
  /** A name with the value undefined takes back what was recorded. */
  readonly state: Values;
}

/** One call while it runs. */
export interface CallContext {
  /** Region of the provider's configuration; undefined: the cloud's own default. */
  readonly region: string | undefined;
  /** Aborted when the caller disconnects: no further call is made, accepted operations continue. */
  readonly signal: AbortSignal;
  /** How long the caller lets this operation take, seconds of the real world; undefined: as long as the real provider would. */
  readonly timeoutSeconds: number | undefined;
  /** To be called as soon as the cloud has taken the change: what fails later leaves a resource behind. */
  accepted(id: string): Promise<void>;
}

/**
 * Maps one resource type to the cloud's services. It calls, waits as the real provider waits, and translates names; checks, defaults,
 * differences, secrets, faults and the journal are common to all types and not its business.
 */
export interface ResourceAdapter {
  /** The service, for the journal. */
  readonly service: string;
  /** The inputs it acts on; any other one that is given is refused. */
  readonly inputs: readonly string[];
  create(inputs: Values, call: CallContext): Promise<Observed>;
  /**
   * Undefined, or a CloudError 404, when the cloud has no such resource. `known` is the recorded state, empty in an import; the id is then
   * in the form that the real provider imports by.
   */
  read(id: string, known: Values, call: CallContext): Promise<Observed | undefined>;
  /** Absent where every change makes a new resource. */
  update?(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed>;
  delete(id: string, known: Values, call: CallContext): Promise<void>;
  /** The library that the real provider makes this type with. Default: sdk. */
  readonly library?: Library;
  /** The real provider fails to read a deleted resource, instead of reporting it as deleted. */
  readonly missingFails?: true;
}

/** One function of a package, such as `getImage`. */
export interface FunctionAdapter {
  readonly service: string;
  call(inputs: Values, call: CallContext): Promise<Values>;
}

export interface PackageAdapters {
  readonly resources: Readonly<Record<string, ResourceAdapter>>;
  readonly functions: Readonly<Record<string, FunctionAdapter>>;
  /** After an update the bridge behind the real SDK shows sets as they were planned, whatever the cloud has, until a refresh. */
  readonly updateKeepsSets?: true;
  /** Inputs note which of them are defaults, and a default that was recorded is kept: as by the bridge behind the real SDKs. */
  readonly keepsDefaults?: true;
  /** By type; none for most. */
  readonly inputRules?: Readonly<Record<string, InputRules>>;
}
