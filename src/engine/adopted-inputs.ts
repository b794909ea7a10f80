import { createHash } from "node:crypto";
import type { Adoption } from "./port.ts";
import { secretMark, specialKey } from "./special-values.ts";

/** An input with the value that the program gives it. */
export interface KnownInput {
  /** False in a preview while the value depends on a resource that does not exist yet. */
  readonly known: boolean;
  readonly value: unknown;
  readonly secret: boolean;
}

/** URN -> inputs with the program's values. */
export type KnownInputs = ReadonlyMap<string, Readonly<Record<string, KnownInput>>>;

/**
 * Outputs that a provider stores in another form than the input. The OpenStack provider stores the SHA-1 of the user data and compares with it
 * (terraform-provider-openstack v1.54.1, resource_openstack_compute_instance_v2.go, StateFunc of user_data).
 */
const keptForms: Readonly<Record<string, (input: string) => string>> = {
  "openstack:compute/instance:Instance userData": (input) => createHash("sha1").update(input).digest("hex"),
};

/**
 * Key under which a bridged Terraform provider stores the delta between its own state and these outputs. After a change of the outputs the delta
 * fails at the next run ("does not apply cleanly to the resource state"); without the delta the provider uses the outputs (pulumi-terraform-bridge
 * v3.133.0, pkg/tfbridge/rawstate.go).
 */
const rawStateDelta = "__pulumi_raw_state_delta";

/**
 * Completes the state after an adoption. Write-only inputs were ignored while adopting, so the state lacks them or has them in another form. The
 * next run would treat that as a change, and a change of user data replaces the server. Secrets that the cloud no longer returns are missing as
 * well.
 * @param raw the state as exported
 * @param inputs the program's values of the write-only inputs of adopted resources
 * @returns the state to import; undefined when nothing was adopted
 */
export function completeAdopted(
  raw: unknown,
  inputs: KnownInputs,
  adopted: ReadonlyMap<string, Pick<Adoption, "importOnlyInputs" | "secretOutputs">> = new Map(),
): unknown {
  const completed = structuredClone(raw);
  let changed = false;
  for (const resource of resourcesOf(completed)) {
    const { outputs } = resource;
    for (const key of adopted.get(resource.urn)?.importOnlyInputs ?? []) {
      resource.inputs = without(resource.inputs, key);
      resource.outputs = without(resource.outputs, key);
      changed = true;
    }
    for (const [key, value] of Object.entries(adopted.get(resource.urn)?.secretOutputs ?? {})) {
      resource.outputs = { ...resource.outputs, [key]: inState(value, true) };
      changed = true;
    }
    for (const [key, input] of Object.entries(inputs.get(resource.urn) ?? {})) {
      resource.inputs = { ...resource.inputs, [key]: inState(input.value, input.secret) };
      const output = resource.outputs?.[key];
      const filled = fillIn(output, keptForm(resource.type, key, input.value));
      if (filled !== output) {
        resource.outputs = { ...resource.outputs, [key]: inState(filled, input.secret) };
      }
      changed = true;
    }
    if (resource.outputs !== outputs) {
      resource.outputs = without(resource.outputs, rawStateDelta);
    }
  }
  return changed ? completed : undefined;
}

function without(values: Record<string, unknown> | undefined, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([name]) => name !== key));
}

/**
 * Merges the value that the provider read with the input for whatever it did not read: of a server's networks it reads the addresses but not the
 * ports.
 */
function fillIn(output: unknown, input: unknown): unknown {
  if (isMissing(output)) return input;
  if (Array.isArray(output) && Array.isArray(input) && output.length === input.length) {
    const filled = output.map((entry, index) => fillIn(entry, input[index]));
    return filled.some((entry, index) => entry !== output[index]) ? filled : output;
  }
  if (isRecord(output) && isRecord(input)) {
    const filled = Object.keys(input).map((key) => [key, fillIn(output[key], input[key])] as const);
    return filled.some(([key, entry]) => entry !== output[key]) ? { ...output, ...Object.fromEntries(filled) } : output;
  }
  return output;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Value that a provider writes for a property that it did not read; for a secret property, an encrypted null. */
function isMissing(output: unknown): boolean {
  const isEmpty = output === undefined || output === null || output === "";
  return isEmpty || (Array.isArray(output) && output.length === 0) || (isRecord(output) && specialKey in output);
}

interface RawResource {
  readonly urn: string;
  readonly type: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

function resourcesOf(raw: unknown): readonly RawResource[] {
  return (raw as { deployment?: { resources?: readonly RawResource[] } }).deployment?.resources ?? [];
}

/** The secret is written in clear and marked: the engine encrypts it on import. */
export function inState(value: unknown, secret: boolean): unknown {
  return secret ? { [specialKey]: secretMark, plaintext: JSON.stringify(value) } : value;
}

function keptForm(type: string, key: string, value: unknown): unknown {
  const form = keptForms[`${type} ${key}`];
  return form === undefined || typeof value !== "string" ? value : form(value);
}
