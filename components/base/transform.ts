import type { CustomResourceOptions } from "@pulumi/pulumi";

/** One child resource as the component would create it. */
export interface Child<A> {
  readonly name: string;
  readonly args: A;
  readonly options: CustomResourceOptions;
}

/**
 * Adjusts one child of a component before it is created: either inputs laid over the component's own, or a function that
 * gets the child and returns what to create instead. The Pulumi name cannot change: it is a public contract.
 *
 * @example
 * ```ts
 * import type { networking } from "@pulumi/openstack";
 * import type { Transform } from "lor-infra/components";
 *
 * export const distributed: Transform<networking.RouterArgs> = { distributed: true };
 * export const retained: Transform<networking.RouterArgs> = ({ options }) => ({
 *   options: { ...options, retainOnDelete: true },
 * });
 * ```
 */
export type Transform<A> =
  | Partial<A>
  | ((child: Child<A>) => { readonly args?: A; readonly options?: CustomResourceOptions });

/** Arguments of a resource's constructor, after the caller's transform. */
export function childArguments<A extends object>(
  transform: Transform<A> | undefined,
  name: string,
  args: A,
  options: CustomResourceOptions,
): [name: string, args: A, options: CustomResourceOptions] {
  if (transform === undefined) return [name, args, options];
  if (typeof transform !== "function") return [name, { ...args, ...transform }, options];
  const adjusted = transform({ name, args, options });
  return [name, adjusted.args ?? args, adjusted.options ?? options];
}
