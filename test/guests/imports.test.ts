import { describe, expect, it } from "vitest";
import { renderGuestDocument } from "../../src/machines/render-document.ts";
import { odooInput, shopInput } from "./guest-inputs.ts";

/** Imports of one Python module from others of the same folder. */
type Imports = ReadonlyMap<string, readonly string[]>;

/** @returns the modules of one circle, the first one again at its end; undefined: there is none */
function circleIn(imports: Imports): readonly string[] | undefined {
  const free = new Set<string>();
  const search = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (free.has(name)) return undefined;
    for (const imported of imports.get(name) ?? []) {
      const circle = search(imported, [...path, name]);
      if (circle !== undefined) return circle;
    }
    free.add(name);
    return undefined;
  };
  return [...imports.keys()].map((name) => search(name, [])).find((circle) => circle !== undefined);
}

function importsOf(files: readonly { readonly path: string; readonly content: string }[]): Imports {
  const modules = files.filter(({ path }) => /\/lor_\w+\.py$/.test(path));
  const imports = ({ content }: { readonly content: string }) =>
    [...content.matchAll(/^(?:import|from) (lor_\w+)/gm)].map(([, name = ""]) => name);
  return new Map(modules.map((file) => [/(\w+)\.py$/.exec(file.path)?.[1] ?? "", imports(file)]));
}

describe("Python modules of a machine", () => {
  it.each([
    ["a front", shopInput],
    ["the Odoo server", odooInput],
  ])("of %s import each other in one direction only", (_what, input) => {
    const imports = importsOf(renderGuestDocument(input).files);
    expect(imports.size).toBeGreaterThan(5);
    expect(circleIn(imports)).toBeUndefined();
  });

  it("are in a circle when two import each other", () => {
    expect(
      circleIn(
        new Map([
          ["a", ["b"]],
          ["b", ["a"]],
        ]),
      ),
    ).toEqual(["a", "b", "a"]);
  });
});
