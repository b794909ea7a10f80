import type { Properties } from "../../local-cloud/provider/provider-client.ts";
import type { Draw } from "./draw.ts";

/** A way to choose inputs. Undefined: not possible as the world is. */
export type Inputs = (draw: Draw, world: World) => Properties | undefined;
/** A way to change inputs. */
export type Change = (draw: Draw, world: World, now: Properties) => Properties | undefined;

/** A resource type as the generator knows it. */
export interface Kind {
  readonly type: string;
  /** Beginning of the resources' names; also how other kinds find them. */
  readonly prefix: string;
  /** How many there may be at once. */
  readonly most: number;
  /** Inputs that are right. */
  readonly fresh: Inputs;
  /** Right changes: in place, and such that make a new one. */
  readonly changes: readonly Change[];
  /** Inputs that are wrong in a known way. */
  readonly mistakes: readonly Inputs[];
  readonly wrongChanges?: readonly Change[];
  /** The form that it is imported by, when that is not its id. */
  readonly importId?: (resource: Resource) => string;
  /**
   * Whether it can be deleted although something refers to it; default: it is refused. Then those that refer to it may be gone with it, and are only looked
   * at from there on.
   */
  readonly goesAnyway?: (resource: Resource, world: World) => boolean;
  /** What it is needed by besides those whose inputs name it. */
  readonly neededBy?: (world: World) => readonly Resource[];
  /** What is refused is tried again until the time is over. */
  readonly retries?: true;
  /** Not to be deleted or changed by somebody else: too little comes of it for the time that it takes. */
  readonly steady?: true;
}

export interface Resource {
  readonly name: string;
  readonly kind: Kind;
  inputs: Properties;
}

/** What should be there after the steps so far. */
export class World {
  readonly resources: Resource[] = [];
  #made = 0;

  /** A number that no other thing of this sequence has. */
  next(): number {
    this.#made += 1;
    return this.#made;
  }

  of(prefix: string): readonly Resource[] {
    return this.resources.filter(({ kind }) => kind.prefix === prefix);
  }

  /** One of a kind; undefined when there is none. */
  any(draw: Draw, prefix: string): Resource | undefined {
    const all = this.of(prefix);
    return all.length === 0 ? undefined : draw.oneOf(all);
  }

  /** Another one of the same kind. */
  other(draw: Draw, prefix: string, than: unknown): Resource | undefined {
    const all = this.of(prefix).filter(({ name }) => `@${name}` !== than);
    return all.length === 0 ? undefined : draw.oneOf(all);
  }

  named(reference: unknown): Resource | undefined {
    return this.resources.find(({ name }) => `@${name}` === reference);
  }

  /** What refers to it or needs it. */
  users({ name, kind }: Resource): readonly Resource[] {
    const needing = kind.neededBy?.(this) ?? [];
    return this.resources.filter(
      (other) => needing.includes(other) || new RegExp(`"@${name}[".]`).test(JSON.stringify(other.inputs)),
    );
  }

  isUsed(resource: Resource): boolean {
    return this.users(resource).length > 0;
  }

  remove(resource: Resource): void {
    this.resources.splice(this.resources.indexOf(resource), 1);
  }
}
