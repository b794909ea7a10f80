import type { Sequence, Step } from "../sequence.ts";
import { type Draw, withSeed } from "./draw.ts";
import { type Family, families } from "./families.ts";
import { type Kind, type Resource, World } from "./world.ts";

/** The sequence of a seed: right most of the time, wrong in known ways the rest, and everything deleted at its end. */
export function generate(family: string, seed: number): Sequence {
  const what = families[family];
  if (what === undefined)
    throw new Error(`no family is called ${family}; there are ${Object.keys(families).join(", ")}`);
  return withSeed(seed, (draw) => {
    const quotas = draw.oneOf(what.quotas);
    return { family, seed, quotas, steps: new Generator(draw, what).steps() };
  });
}

type Move = () => readonly Step[] | undefined;

class Generator {
  readonly #draw: Draw;
  readonly #family: Family;
  readonly #world = new World();
  readonly #abandoned: string[] = [];
  /** For each kind those ways that were not taken yet: every one is taken before one is taken again. */
  readonly #untried = new Map<unknown, unknown[]>();

  constructor(draw: Draw, family: Family) {
    this.#draw = draw;
    this.#family = family;
  }

  steps(): readonly Step[] {
    const steps: Step[] = [];
    for (const kind of this.#family.ground) steps.push(...(this.#create(kind) ?? []));
    const end = steps.length + this.#family.length;
    for (let idle = 0; steps.length < end && idle < 200; idle += 1) {
      const more = this.#draw.oneOf(this.#moves)();
      if (more !== undefined) steps.push(...more);
    }
    for (const name of this.#abandoned) steps.push({ op: "delete", name });
    for (let next = this.#unused(); next !== undefined; next = this.#unused()) {
      this.#world.remove(next);
      steps.push({ op: "delete", name: next.name });
    }
    return steps;
  }

  /** The newest that nothing needs. */
  #unused(): Resource | undefined {
    return this.#world.resources.findLast((resource) => !this.#world.isUsed(resource));
  }

  /** Each as often as it is to happen. */
  readonly #moves: readonly Move[] = [
    ...times(6, () => this.#create(this.#draw.oneOf(this.#family.kinds))),
    ...times(5, () => this.#createWrong()),
    ...times(8, () => this.#change()),
    ...times(2, () => this.#changeWrong()),
    ...times(2, () => this.#with((resource) => [{ op: "refresh", name: resource.name }])),
    ...times(2, () => this.#with((resource) => [this.#import(resource)])),
    ...times(2, () => this.#drift()),
    () => this.#vanish(),
    () => this.#deleteUsed(),
    ...times(2, () => this.#delete()),
    () => this.#scale(),
  ];

  #create(kind: Kind): readonly Step[] | undefined {
    if (this.#world.of(kind.prefix).length >= kind.most) return undefined;
    const inputs = kind.fresh(this.#draw, this.#world);
    if (inputs === undefined) return undefined;
    const name = `${kind.prefix}${this.#world.next()}`;
    this.#world.resources.push({ name, kind, inputs });
    return [{ op: "create", name, type: kind.type, inputs }];
  }

  #createWrong(): readonly Step[] | undefined {
    const kind = this.#draw.oneOf(this.#family.kinds);
    if (kind.mistakes.length === 0) return undefined;
    const inputs = this.#untriedOf(kind.mistakes)(this.#draw, this.#world);
    if (inputs === undefined) return undefined;
    return [{ op: "create", name: `wrong${this.#world.next()}`, type: kind.type, inputs, patience: patienceOf(kind) }];
  }

  #change(): readonly Step[] | undefined {
    return this.#with((resource) => {
      if (resource.kind.changes.length === 0) return undefined;
      const inputs = this.#untriedOf(resource.kind.changes)(this.#draw, this.#world, resource.inputs);
      if (inputs === undefined) return undefined;
      resource.inputs = inputs;
      return [{ op: "change", name: resource.name, inputs }];
    });
  }

  #changeWrong(): readonly Step[] | undefined {
    return this.#with((resource) => {
      const { wrongChanges = [] } = resource.kind;
      if (wrongChanges.length === 0) return undefined;
      const inputs = this.#untriedOf(wrongChanges)(this.#draw, this.#world, resource.inputs);
      if (inputs === undefined) return undefined;
      // And looked at afterwards: what was refused must not have happened.
      return [
        { op: "change", name: resource.name, inputs, patience: patienceOf(resource.kind) },
        { op: "refresh", name: resource.name },
      ];
    });
  }

  #import({ name, kind, inputs }: Resource): Step {
    return kind.importId === undefined
      ? { op: "import", name }
      : { op: "import", name, id: kind.importId({ name, kind, inputs }) };
  }

  /** Somebody else changes it; then it is refreshed, or the program is run without a look. */
  #drift(): readonly Step[] | undefined {
    return this.#with((resource) => {
      const { kind, name } = resource;
      if (kind.steady || kind.changes.length === 0) return undefined;
      const inputs = this.#draw.oneOf(kind.changes)(this.#draw, this.#world, resource.inputs);
      if (inputs === undefined) return undefined;
      return [
        { op: "drift", name, inputs },
        { op: "refresh", name },
        { op: "change", name, inputs: resource.inputs },
      ];
    });
  }

  /** Somebody else deletes it. */
  #vanish(): readonly Step[] | undefined {
    return this.#with((resource) => {
      const { kind, name } = resource;
      if (kind.steady || this.#world.isUsed(resource)) return undefined;
      const vanish: Step = { op: "vanish", name };
      const inputs = kind.changes[0]?.(this.#draw, this.#world, resource.inputs);
      this.#world.remove(resource);
      const end: Step = { op: "delete", name };
      return this.#draw.oneOf([
        [vanish, { op: "refresh", name } as const],
        [vanish, end],
        inputs === undefined ? [vanish, end] : [vanish, { op: "change", name, inputs } as const, end],
      ]);
    });
  }

  #delete(): readonly Step[] | undefined {
    return this.#with((resource) => {
      if (resource.kind.steady || this.#world.isUsed(resource)) return undefined;
      this.#world.remove(resource);
      return [{ op: "delete", name: resource.name }];
    });
  }

  /** What is in use: refused, and still there; or gone, and what referred to it is looked at. */
  #deleteUsed(): readonly Step[] | undefined {
    return this.#with((resource) => {
      const users = this.#world.users(resource);
      if (users.length === 0 || resource.kind.steady) return undefined;
      // Longer than a deletion takes on a busy machine, should it not be refused.
      const remove: Step = { op: "delete", name: resource.name, patience: 40 };
      if (!resource.kind.goesAnyway?.(resource, this.#world)) return [remove, { op: "refresh", name: resource.name }];
      this.#abandon(resource);
      return [{ op: "delete", name: resource.name }, ...users.map(({ name }): Step => ({ op: "refresh", name }))];
    });
  }

  /** Nothing more is done with it nor with what refers to it, until the end. */
  #abandon(resource: Resource): void {
    for (const user of this.#world.users(resource)) {
      this.#abandon(user);
      this.#abandoned.push(user.name);
    }
    this.#world.remove(resource);
  }

  /** More of the same, then one less. */
  #scale(): readonly Step[] | undefined {
    const kind = this.#draw.oneOf(this.#family.kinds);
    const more = [...(this.#create(kind) ?? []), ...(this.#create(kind) ?? [])];
    return more.length === 0 ? undefined : more;
  }

  #with(work: (resource: Resource) => readonly Step[] | undefined): readonly Step[] | undefined {
    const wanted = this.#draw.oneOf(this.#family.kinds);
    const resource = this.#world.any(this.#draw, wanted.prefix);
    return resource === undefined ? undefined : work(resource);
  }

  #untriedOf<Way>(ways: readonly Way[]): Way {
    let left = this.#untried.get(ways) as Way[] | undefined;
    if (left === undefined || left.length === 0) left = [...ways];
    const [way] = left.splice(this.#draw.number(0, left.length - 1), 1);
    this.#untried.set(ways, left);
    if (way === undefined) throw new Error("there is no way");
    return way;
  }
}

/** Seconds for what is refused: few where it is tried again all the time, else enough for a busy machine. */
function patienceOf(kind: Kind): number {
  return kind.retries ? 12 : 120;
}

function times(count: number, move: Move): readonly Move[] {
  return Array.from({ length: count }, () => move);
}
