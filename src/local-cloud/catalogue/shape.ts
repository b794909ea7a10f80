/** Type of a value as the SDK declares it. */
export type Shape =
  | "string"
  | "number"
  | "boolean"
  | "any"
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly object: Readonly<Record<string, Property>> };

/** One property of a resource, of a function or of a nested object. Absent flags are false. */
export interface Property {
  readonly type: Shape;
  readonly required?: true;
  /** A change makes a new resource. On a nested property: a change of it inside an element that stays. */
  readonly replaces?: true;
  /** Its value never shows in clear. */
  readonly secret?: true;
  /** The provider fills it in when it is left out; leaving it out is then no change. */
  readonly computed?: true;
  /** What the provider fills in is the value of a variable of its environment. */
  readonly fromEnvironment?: true;
  /** Only the provider sets it, although the SDK declares it as an input. */
  readonly shown?: true;
  /** Filled in by the provider when left out. */
  readonly default?: string | number | boolean;
  /** The form in which the provider compares it and keeps it in its outputs. */
  readonly kept?: "sha1" | "lower-case" | "trimmed";
  /** Values in the state that never count as a difference. */
  readonly tolerates?: readonly string[];
  /** The cloud puts it into quotation marks: quoted in the state and without them in the program is no difference. */
  readonly quoted?: true;
  /** A list whose order means nothing. */
  readonly set?: true;
  /** Output that is another one after a change of it. */
  readonly renews?: string;
  /** Left out while its member `status` is `enabled` in the state, it makes a new resource. */
  readonly locks?: true;
}

export interface ResourceType {
  readonly inputs: Readonly<Record<string, Property>>;
  /** Properties that only the provider sets. */
  readonly outputs: Readonly<Record<string, Property>>;
}

export interface FunctionType {
  readonly inputs: Readonly<Record<string, Property>>;
  readonly outputs: Readonly<Record<string, Property>>;
}

export interface PackageCatalogue {
  /** The SDK's own version, without a leading v. */
  readonly version: string;
  /** Type token -> what is known of it. */
  readonly resources: Readonly<Record<string, ResourceType>>;
  readonly functions: Readonly<Record<string, FunctionType>>;
}

export type Catalogue = Readonly<Record<"openstack" | "ovh" | "random", PackageCatalogue>>;
