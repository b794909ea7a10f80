import { ComponentResource, type ComponentResourceOptions, type CustomResourceOptions } from "@pulumi/pulumi";
import { childArguments, type Transform } from "./transform.ts";

/** Arguments of every component besides its own. */
export interface DataProtection {
  /**
   * Gives up the protection of what holds data (Pulumi's `protect`, the cloud's deletion protection), so that a following
   * destroy may delete it. Default: false, everything that holds data is protected.
   */
  readonly allowDataDeletion?: boolean;
}

/** A named group of resources: children take provider, protection and dependencies from the options given to it. */
export abstract class Component extends ComponentResource {
  /** @param folder provider folder, such as `ovh`; the type token is `lor:<folder>:<class>`. */
  protected constructor(folder: string, type: string, name: string, options?: ComponentResourceOptions) {
    super(`lor:${folder}:${type}`, name, {}, options);
  }

  /** Constructor arguments of a child, under this component and after the caller's transform. */
  protected child<A extends object>(
    name: string,
    args: A,
    transform: Transform<A> | undefined,
    options: CustomResourceOptions = {},
  ): [name: string, args: A, options: CustomResourceOptions] {
    return childArguments(transform, name, args, { ...options, parent: this });
  }
}

/**
 * Display names and descriptions in the cloud. They are set at creation and derive from project and stack, so they never change; an adopted
 * resource keeps its own.
 */
const labels = ["name", "description"] as const;

/** Options of a resource that keeps the labels which it was made with, besides what the options ignore already. */
export function ignoreDisplayNames(options: CustomResourceOptions = {}): CustomResourceOptions {
  return { ...options, ignoreChanges: [...labels, ...(options.ignoreChanges ?? [])] };
}

/** Options of a resource that holds data: it is never deleted unless its protection was given up first. */
export function dataHolder(protection: DataProtection, options: CustomResourceOptions = {}): CustomResourceOptions {
  return { ...options, protect: protection.allowDataDeletion !== true };
}
