import { createHash } from "node:crypto";
import type { KnownInput } from "./program-watch.ts";
import { SECRET_MARK, SPECIAL_KEY } from "./state-export.ts";

/** URN -> inputs that the provider could not read back while adopting. */
export type UnreadableInputs = ReadonlyMap<string, Readonly<Record<string, KnownInput>>>;

/**
 * Outputs that a provider keeps in another form than the input: OpenStack's keeps the SHA-1 of the user data, and compares with it
 * (terraform-provider-openstack v1.54.1, resource_openstack_compute_instance_v2.go, StateFunc of user_data).
 */
const KEPT_FORMS: Readonly<Record<string, (input: string) => string>> = {
  "openstack:compute/instance:Instance userData": (input) => createHash("sha1").update(input).digest("hex"),
};

/**
 * Completes the state after an adoption. What the provider cannot read back was ignored while adopting and is missing in the state, or there
 * in another form: the next run would take it for a change, and a change of user data replaces the server.
 * @param raw the state as exported
 * @returns the state to import; undefined when nothing was adopted
 */
export function completeAdopted(raw: unknown, adopted: UnreadableInputs): unknown {
  const completed = structuredClone(raw);
  let changed = false;
  for (const resource of resourcesOf(completed)) {
    for (const [key, input] of Object.entries(adopted.get(resource.urn) ?? {})) {
      resource.inputs = { ...resource.inputs, [key]: inState(input.value, input.secret) };
      if (isMissing(resource.outputs?.[key])) {
        resource.outputs = {
          ...resource.outputs,
          [key]: inState(keptForm(resource.type, key, input.value), input.secret),
        };
      }
      changed = true;
    }
  }
  return changed ? completed : undefined;
}

/** What a provider writes for a property that it did not read. */
function isMissing(output: unknown): boolean {
  return output === undefined || output === null || output === "" || (Array.isArray(output) && output.length === 0);
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

/** A secret goes in in clear, marked: the engine encrypts it when it takes the state. */
function inState(value: unknown, secret: boolean): unknown {
  return secret ? { [SPECIAL_KEY]: SECRET_MARK, plaintext: JSON.stringify(value) } : value;
}

function keptForm(type: string, key: string, value: unknown): unknown {
  const form = KEPT_FORMS[`${type} ${key}`];
  return form === undefined || typeof value !== "string" ? value : form(value);
}
