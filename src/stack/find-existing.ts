import { isDeepStrictEqual } from "node:util";
import { AmbiguousName } from "../clouds/finder-query.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { resourceKey } from "../core/resource-key.ts";
import type { Adoption, Difference, EngineStack, Program, ResourceChange } from "../engine/port.ts";
import type { SystemPlan } from "../systems/contract.ts";
import { cloudOf, regionOf } from "../systems/project-plan.ts";
import { adoptionOf } from "./adopt-lost-creations.ts";
import { runOptions, type StackContext } from "./stack-context.ts";

/** An existing resource of the program that is missing in the state. */
export interface ExistingResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly adoption: Adoption;
  /** Inputs of the program that the provider cannot read back. */
  readonly writeOnlyInputs: readonly string[];
  readonly differences: readonly Difference[];
}

/** A resource that does not exist in the cloud, or that could not be looked up because its parent is missing. */
export interface MissingResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Ids of several resources with the same name. */
  readonly ids: readonly string[];
}

/** Keyed by URN, except the random resources. */
export interface ExistingResources {
  readonly found: ReadonlyMap<string, ExistingResource>;
  readonly missing: ReadonlyMap<string, MissingResource>;
  /** URNs whose outputs are in its inputs. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** `type name` -> URN of resources that exist in the state only, and are missing there. */
  readonly randoms: ReadonlyMap<string, string>;
  readonly components: readonly string[];
}

export interface SearchArgs {
  /** Engine on a trial state; resources that cannot be imported are inserted into it during the search. */
  readonly engine: EngineStack;
  readonly program: Program;
  /** Dependencies recorded in the state. */
  readonly recordedOrder: ReadonlyMap<string, readonly string[]>;
  readonly plan: SystemPlan;
  /** `type name` -> id or name in the cloud, chosen by a person. */
  readonly chosen: ReadonlyMap<string, string>;
}

/**
 * Looks up everything that a program describes and the state lacks, level by level: once a network is found, its subnets can be looked up. Changes
 * nothing: previews adopt what was found and report how it differs from the program.
 */
export async function findExisting(context: StackContext, args: SearchArgs): Promise<ExistingResources> {
  const search = new Search(context, args);
  await search.begin();
  while (await search.goOn()) {
    // Each level makes the parents of the next level known.
  }
  return await search.result();
}

const documentType = "openstack:objectstorage/containerObject:ContainerObject";

class Search {
  readonly #context: StackContext;
  readonly #args: SearchArgs;
  readonly #adopt = new Map<string, Adoption>();
  /** Resources that cannot be imported. */
  readonly #entering = new Map<string, Adoption>();
  readonly #entered = new Set<string>();
  readonly #looked = new Map<string, ResourceChange>();
  readonly #ambiguous = new Map<string, readonly string[]>();
  readonly #needs = new Map<string, readonly string[]>();
  #changes: readonly ResourceChange[] = [];
  #differences: ReadonlyMap<string, readonly Difference[]> = new Map();
  #writeOnlyValues: ReadonlyMap<string, Readonly<Record<string, unknown>>> = new Map();

  constructor(context: StackContext, args: SearchArgs) {
    this.#context = context;
    this.#args = args;
  }

  /** Creates components and providers, which every insertion needs. */
  async begin(): Promise<void> {
    await this.goOn();
    const { engine, program, recordedOrder } = this.#args;
    await engine.up(program, { ...runOptions(this.#context), targets: this.#components(), recordedOrder });
  }

  /** Searches one level; false when nothing new could be looked up. */
  async goOn(): Promise<boolean> {
    // A resource whose network is found on a later level can only be inserted then. A document depends on secrets that are not known yet.
    const waiting = [...this.#entering].filter(
      ([urn]) => !this.#entered.has(urn) && this.#looked.get(urn)?.type !== documentType,
    );
    const { engine, program } = this.#args;
    const { preview, inserted: entered } = await engine.insertIntoState(program, new Map(waiting), {
      ...runOptions(this.#context),
      adopt: this.#adopt,
      // Compares inserted resources with the program as the cloud has them.
      refresh: true,
      onEvent: (event) => {
        if (event.kind === "declared") this.#needs.set(event.urn, event.needs);
      },
    });
    for (const urn of entered) this.#entered.add(urn);
    this.#changes = preview.changes;
    this.#differences = preview.differences;
    this.#writeOnlyValues = preview.writeOnlyValues;
    return (await this.#look()) + entered.length > 0;
  }

  async result(): Promise<ExistingResources> {
    const created = this.#changes.filter((one) => one.change === "create" && !this.#entering.has(one.urn));
    const missing = created.filter((one) => isOfCloud(this.#context, one.type));
    const found = await Promise.all([...this.#adopt, ...this.#entering].map((one) => this.#describe(...one)));
    return {
      found: new Map(found.map((one) => [one.urn, one])),
      missing: new Map(
        missing.map(({ urn, type, name }) => [urn, { urn, type, name, ids: this.#ambiguous.get(urn) ?? [] }]),
      ),
      needs: this.#needs,
      randoms: new Map(
        created.filter((one) => one.type.startsWith("random:")).map((one) => [resourceKey(one), one.urn]),
      ),
      components: this.#components(),
    };
  }

  #components(): readonly string[] {
    return this.#changes.filter((one) => one.type.startsWith("lor:")).map((one) => one.urn);
  }

  /** @returns the number of resources that could be looked up for the first time */
  async #look(): Promise<number> {
    const { finder } = this.#context.clients;
    const fresh = this.#changes.filter((one) => isSearchable(this.#context, one) && !this.#looked.has(one.urn));
    for (const change of fresh) {
      this.#looked.set(change.urn, change);
      const adoption = change.type === documentType ? await this.#findDocument(change) : await this.#find(change);
      if (adoption !== undefined) {
        (finder.isImportable(change.type) ? this.#adopt : this.#entering).set(change.urn, adoption);
      }
    }
    return fresh.length;
  }

  async #find(change: ResourceChange): Promise<Adoption | undefined> {
    const { finder } = this.#context.clients;
    const { type, identity = {} } = change;
    const chosen = this.#args.chosen.get(resourceKey(change));
    try {
      const found = await finder.find(type, identity, chosen);
      if (found !== undefined) return adoptionOf(finder, type, found.id);
    } catch (error) {
      if (!(error instanceof AmbiguousName)) throw error;
      this.#ambiguous.set(change.urn, error.ids);
      return undefined;
    }
    if (chosen !== undefined) throw notThere(change, chosen);
    return undefined;
  }

  /** Configuration document of a machine: adopted when its content is what the program would write. */
  async #findDocument({ identity }: ResourceChange): Promise<Adoption | undefined> {
    const place = { region: String(identity?.region), name: String(identity?.containerName) };
    const object = String(identity?.name);
    const found = await this.#context.clients.containers.read(place, object);
    if (found === undefined) return undefined;
    const fits = ({ content }: Readonly<Record<string, unknown>>) =>
      typeof content === "string" && isDeepStrictEqual(JSON.parse(content), found);
    return { id: `${place.name}/${object}`, writeOnlyInputs: [], fits };
  }

  async #describe(urn: string, adoption: Adoption): Promise<ExistingResource> {
    const { type = "", name = "" } = this.#looked.get(urn) ?? {};
    const given = this.#writeOnlyValues.get(urn);
    const told = this.#differences.get(urn) ?? [];
    const shown = given === undefined ? [] : await this.#compareShown(type, adoption.id, given);
    const writeOnlyInputs = given === undefined ? adoption.writeOnlyInputs : Object.keys(given);
    return { urn, type, name, adoption, writeOnlyInputs, differences: [...told, ...shown] };
  }

  /** Differences in write-only inputs that the cloud's own API returns. */
  async #compareShown(
    type: string,
    id: string,
    given: Readonly<Record<string, unknown>>,
  ): Promise<readonly Difference[]> {
    const { finder } = this.#context.clients;
    const shown = await finder.shown(type, id, regionOf(this.#context.project));
    return Object.entries(shown)
      .filter(([path, found]) => given[path] !== undefined && !sameSet(given[path], found))
      .map(([path, found]) => ({ path, found, wanted: given[path] }));
  }
}

/** Whether resources of a type exist in the cloud, and not in the state only. */
function isOfCloud({ project }: StackContext, type: string): boolean {
  return cloudOf(project).typePrefixes.some((prefix) => type.startsWith(prefix));
}

function isSearchable(context: StackContext, { change, type, identity }: ResourceChange): boolean {
  return change === "create" && identity !== undefined && isOfCloud(context, type);
}

/** Compares lists without regard to order, as for addresses and ports. */
function sameSet(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return isDeepStrictEqual(a, b);
  return a.length === b.length && a.every((one) => b.some((other) => isDeepStrictEqual(one, other)));
}

function notThere({ type, name }: ResourceChange, chosen: string): LorError {
  return new LorError({
    code: "map-not-found",
    message: `no resource in the cloud matches the entry for ${name} (${type}); nothing was changed`,
    exit: ExitCode.usage,
    culprit: "user",
    path: "--map",
    seen: chosen,
    accepted: "an id or a name, among what belongs to the same network, pool, service or region",
  });
}
