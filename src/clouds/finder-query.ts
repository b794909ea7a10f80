import { ExitCode, LorError } from "../core/errors.ts";
import type { CloudMatch } from "./clients.ts";
import { CloudCallError } from "./http/call.ts";
import { type JsonObject, object, text } from "./http/json-answer.ts";
import type { OpenStack, OpenStackService } from "./openstack/openstack-api.ts";
import type { OvhApi } from "./ovh/ovh-api.ts";

/** API access for the search of one resource. */
export interface FinderClouds {
  readonly openstack: OpenStack;
  readonly ovh: OvhApi;
  /** Public Cloud project, for inputs that do not name one. */
  readonly projectId: string;
}

/** @param chosen id or name that a person has chosen; otherwise the name of the inputs applies */
export type Find = (clouds: FinderClouds, inputs: JsonObject, chosen?: string) => Promise<CloudMatch | undefined>;

/** Whether an entry has the wanted name, or was chosen. */
export function isMeant(
  entry: JsonObject,
  name: string,
  chosen: string | undefined,
  { field = "name", id = text(entry.id) }: { readonly field?: string; readonly id?: string } = {},
): boolean {
  const names = [id, text(entry[field]), text(entry.name), text(entry.floating_ip_address)];
  return chosen === undefined ? text(entry[field]) === name : names.includes(chosen);
}

/** The one matching entry, as an import id. */
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

/** Two resources have the same deterministic name: which one is meant cannot be decided. */
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
  /** Input with the name, and field of the list with the same name. */
  readonly name?: string;
  /** Inputs that must equal a field of the entry: input -> field. */
  readonly same?: Readonly<Record<string, string>>;
}

/** An OpenStack resource that is identified by its name (or description) and its parents. */
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

/** An absent or empty input matches any value, because the cloud fills such fields in. */
export function matches(entry: JsonObject, inputs: JsonObject, same: Readonly<Record<string, string>>): boolean {
  return Object.entries(same).every(([input, field]) => {
    const wanted = text(inputs[input]);
    return wanted === "" || text(entry[field]) === wanted;
  });
}

/** A resource that is being deleted must not be adopted. */
function isGoing(entry: JsonObject): boolean {
  const status = `${text(entry.status)} ${text(entry.provisioning_status)}`.toUpperCase();
  return /DELET/.test(status) || object(entry)["OS-EXT-STS:task_state"] === "deleting";
}

/** The value, or undefined when the cloud reports that the parent does not exist. */
export async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CloudCallError && error.status === 404) return undefined;
    throw error;
  }
}
