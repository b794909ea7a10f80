import { ExitCode, LorError } from "../core/errors.ts";
import type { CloudMatch } from "./clients.ts";
import { CloudCallError } from "./http/call.ts";
import { type JsonObject, object, text } from "./http/json-answer.ts";
import type { OpenStack, OpenStackService } from "./openstack/openstack-api.ts";
import type { OvhApi } from "./ovh/ovh-api.ts";

/** What the search for one resource may ask. */
export interface FinderClouds {
  readonly openstack: OpenStack;
  readonly ovh: OvhApi;
  /** Public Cloud project, for inputs that do not name one. */
  readonly projectId: string;
}

/** @param chosen id or name of the one that is meant, where a person has said it; otherwise the inputs' own name counts */
export type Find = (clouds: FinderClouds, inputs: JsonObject, chosen?: string) => Promise<CloudMatch | undefined>;

/** Whether an entry carries the wanted name, or is the one that was chosen. */
export function isMeant(
  entry: JsonObject,
  name: string,
  chosen: string | undefined,
  { field = "name", id = text(entry.id) }: { readonly field?: string; readonly id?: string } = {},
): boolean {
  const names = [id, text(entry[field]), text(entry.name), text(entry.floating_ip_address)];
  return chosen === undefined ? text(entry[field]) === name : names.includes(chosen);
}

/** The one entry that matches, as an id to import. */
export function single(
  what: string,
  name: string,
  entries: readonly JsonObject[],
  id: (entry: JsonObject) => string = (entry) => text(entry.id),
): CloudMatch | undefined {
  if (entries.length > 1) throw new AmbiguousName(what, name, entries.map(id));
  const found = entries[0];
  return found === undefined ? undefined : { id: id(found) };
}

/** Two resources under one deterministic name: which one is meant cannot be guessed. */
export class AmbiguousName extends LorError {
  readonly ids: readonly string[];

  constructor(what: string, name: string, ids: readonly string[]) {
    super({
      code: "cloud-ambiguous-name",
      message: `the cloud has ${ids.length} ${what} called ${name}`,
      exit: ExitCode.failed,
      culprit: "cloud",
      seen: ids.join(", "),
      accepted: "one",
      next: "delete the one that nothing uses, then run the same command again",
    });
    this.ids = ids;
  }
}

interface NamedList {
  readonly service: OpenStackService;
  readonly path: string;
  readonly key: string;
  readonly what: string;
  /** Input that holds the name, and the field of the list that carries it. */
  readonly name?: string;
  /** Inputs that must match a field of the entry: input -> field. */
  readonly same?: Readonly<Record<string, string>>;
}

/** An OpenStack resource that is found by its name (or description), within its parents. */
export function byName(list: NamedList): Find {
  const field = list.name ?? "name";
  return async ({ openstack }, inputs, chosen) => {
    const name = text(inputs[field]);
    if (name === "" && chosen === undefined) return undefined;
    const query = chosen === undefined ? `?${new URLSearchParams({ [field]: name })}` : "";
    const entries = await openstack.list(list.service, `${list.path}${query}`, list.key);
    const matching = entries.filter(
      (entry) => isMeant(entry, name, chosen, { field }) && matches(entry, inputs, list.same ?? {}) && !isGoing(entry),
    );
    return single(list.what, chosen ?? name, matching);
  };
}

/** An input that is absent or empty matches anything: the cloud fills such fields in. */
export function matches(entry: JsonObject, inputs: JsonObject, same: Readonly<Record<string, string>>): boolean {
  return Object.entries(same).every(([input, field]) => {
    const wanted = text(inputs[input]);
    return wanted === "" || text(entry[field]) === wanted;
  });
}

/** A resource on its way out must not be adopted. */
function isGoing(entry: JsonObject): boolean {
  const status = `${text(entry.status)} ${text(entry.provisioning_status)}`.toUpperCase();
  return /DELET/.test(status) || object(entry)["OS-EXT-STS:task_state"] === "deleting";
}

/** The value, or undefined when the cloud says there is no such parent. */
export async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CloudCallError && error.status === 404) return undefined;
    throw error;
  }
}
