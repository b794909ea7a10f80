import type { StepEventStateMetadata } from "@pulumi/pulumi/automation/index.js";

/** A resource that exists in the cloud and that its provider's import would refuse. */
export interface EnteredResource {
  /** The id that the state keeps. */
  readonly id: string;
  /** What the engine would create: as its preview told it, with the inputs as the provider checked them. */
  readonly planned: StepEventStateMetadata;
}

/**
 * Adds resources to a state as if the engine had created them. What the cloud adds to the inputs is still missing: a refresh of them
 * completes it. Their dependencies come with the next run of the program.
 * @param raw the state as exported
 * @returns the state to import
 */
export function enterIntoState(raw: unknown, entered: readonly EnteredResource[]): unknown {
  const { deployment, ...rest } = raw as { readonly deployment: { readonly resources?: readonly unknown[] } };
  const added = entered.map(({ id, planned: { urn, type, inputs, parent, provider, protect } }) => ({
    urn,
    type,
    custom: true,
    id,
    inputs,
    outputs: inputs,
    parent,
    provider,
    ...(protect === true ? { protect } : {}),
  }));
  // At the end: parents and providers come before.
  return { ...rest, deployment: { ...deployment, resources: [...(deployment.resources ?? []), ...added] } };
}
