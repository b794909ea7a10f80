import type { Properties } from "../../local-cloud/provider/provider-client.ts";
import type { Draw } from "./draw.ts";
import type { Change, Inputs, Kind } from "./world.ts";

/** An id that nothing has. */
export const nobody = "0b0b0b0b-0000-4000-8000-000000000000";

/** Sets one input, or takes it away with undefined. */
export function set(name: string, ...values: readonly unknown[]): Change {
  return (draw, _world, now) => put(now, { [name]: draw.oneOf(values) });
}

export function put(now: Properties, more: Properties): Properties {
  return Object.fromEntries(Object.entries({ ...now, ...more }).filter(([, value]) => value !== undefined));
}

/** Those of the optional inputs that this draw takes, each in so many of a hundred. */
export function some(draw: Draw, percent: number, inputs: Properties): Properties {
  return put({}, Object.fromEntries(Object.entries(inputs).filter(() => draw.chance(percent))));
}

/** What most things carry. */
export function labels(draw: Draw): Properties {
  return some(draw, 35, {
    name: draw.oneOf(["shop", "front", "données"]),
    description: draw.oneOf(["made for the shop", "été"]),
    tags: draw.oneOf([["rush"], ["shop", "rush"]]),
  });
}

export const labelChanges: readonly Change[] = [
  set("name", "renamed", "shop-2"),
  set("description", "changed", undefined),
  set("tags", ["normal"], ["rush", "normal"], undefined),
];

export const labelMistakes = (fresh: Inputs): readonly Inputs[] => [
  (draw, world) => wrong(fresh(draw, world), { name: "n".repeat(256) }),
  // Two wrong things: which one is told?
  (draw, world) => wrong(fresh(draw, world), { name: "n".repeat(256), tags: ["t".repeat(256)] }),
  (draw, world) => wrong(fresh(draw, world), { tags: ["t".repeat(256)] }),
];

/** The same kind, made without any optional input, so that everything can be built on it. */
export function plain(kind: Kind, inputs: Inputs): Kind {
  return { ...kind, fresh: inputs };
}

/** Right inputs with something wrong in them. */
export function wrong(inputs: Properties | undefined, mistake: Properties): Properties | undefined {
  return inputs === undefined ? undefined : put(inputs, mistake);
}
