import type { StepEventStateMetadata } from "@pulumi/pulumi/automation/index.js";
import { inState, type KnownInput } from "./adopted-inputs.ts";
import { isUnknown } from "./resource-identity.ts";

/** A resource that exists in the cloud but that its provider cannot import. */
export interface EnteredResource {
  /** Id to record in the state. */
  readonly id: string;
  /** Planned creation from a preview, with the inputs as the provider checked them. */
  readonly planned: StepEventStateMetadata;
  /** The program's own values of the inputs: a preview contains no secrets. */
  readonly known: Readonly<Record<string, KnownInput>>;
  readonly secretOutputs: Readonly<Record<string, string>>;
}

/** Whether all its inputs are known; otherwise it depends on a resource that does not exist. */
export function canBeEntered({ planned, known }: Pick<EnteredResource, "planned" | "known">): boolean {
  return !isUnknown(planned.inputs) && Object.values(known).every((input) => input.known);
}

/**
 * Adds resources to a state as if the engine had created them. A later refresh adds what the cloud reports, and the next run of the program adds
 * the dependencies.
 * @param raw the state as exported
 * @returns the state to import
 */
export function enterIntoState(raw: unknown, entered: readonly EnteredResource[]): unknown {
  const { deployment, ...rest } = raw as { readonly deployment: { readonly resources?: readonly unknown[] } };
  const added = entered.map(({ id, planned, known, secretOutputs }) => {
    const { urn, type, parent, provider, protect } = planned;
    const inputs = { ...planned.inputs, ...secretsOf(known) };
    const told = Object.entries(secretOutputs).map(([key, value]) => [key, inState(value, true)]);
    return {
      urn,
      type,
      custom: true,
      id,
      inputs,
      outputs: { ...inputs, ...Object.fromEntries(told) },
      parent,
      provider,
      ...(protect === true ? { protect } : {}),
    };
  });
  // Appended last, after parents and providers.
  return { ...rest, deployment: { ...deployment, resources: [...(deployment.resources ?? []), ...added] } };
}

function secretsOf(known: EnteredResource["known"]): Readonly<Record<string, unknown>> {
  const secrets = Object.entries(known).filter(([, input]) => input.secret);
  return Object.fromEntries(secrets.map(([key, { value }]) => [key, inState(value, true)]));
}
