import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { describe, expect, it } from "vitest";
import { keysOfPath } from "../../src/engine/property-path.ts";
import { valueChangesOf } from "../../src/engine/value-changes.ts";

type Values = Readonly<Record<string, unknown>>;

interface Sides {
  readonly old: { readonly inputs?: Values; readonly outputs?: Values };
  readonly new: { readonly inputs?: Values; readonly outputs?: Values };
  readonly inputDiff?: boolean;
}

function changesOf(sides: Sides, ...paths: readonly string[]) {
  const state = ({ inputs = {}, outputs = {} }: Sides["old"]) => ({ inputs, outputs });
  const detailedDiff = Object.fromEntries(
    paths.map((path) => [path, { diffKind: "update", inputDiff: sides.inputDiff ?? false }]),
  );
  const step = { op: "update", old: state(sides.old), new: state(sides.new), detailedDiff };
  return valueChangesOf(step as unknown as StepEventMetadata, paths, (text) =>
    text.replaceAll("known-secret", "[secret]"),
  );
}

const signature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "planted" };
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("a value", () => {
  it.each([
    ["metadata.role", ["metadata", "role"]],
    ["fixedIps[0].ipAddress", ["fixedIps", "0", "ipAddress"]],
    ['metadata["a.b[0]\\"c"].d', ["metadata", 'a.b[0]"c', "d"]],
  ])("is found at the path %s", (path, keys) => expect(keysOfPath(path)).toEqual(keys));

  it("is told at a nested path, and below a path that the engine tells too coarsely", () => {
    const before = {
      inputs: { metadata: { role: "front", "a.b": 1 }, fixedIps: [{ ipAddress: "10.0.0.1", same: 1 }] },
    };
    const after = { inputs: { metadata: { role: "back" }, fixedIps: [{ ipAddress: "10.0.0.2", same: 1 }] } };
    expect(changesOf({ old: before, new: after }, "metadata", "fixedIps[0].ipAddress")).toEqual([
      { path: "fixedIps[0].ipAddress", before: "10.0.0.1", after: "10.0.0.2" },
      { path: "metadata.role", before: "front", after: "back" },
      { path: 'metadata["a.b"]', before: 1, after: null },
    ]);
  });

  it("before is what the cloud has where somebody changed it there", () => {
    const sides = { old: { inputs: { v: 1 }, outputs: { v: 9 } }, new: { inputs: { v: 1 } } };
    expect(changesOf(sides, "v")).toEqual([{ path: "v", before: 9, after: 1 }]);
    expect(changesOf({ ...sides, new: { inputs: { v: 2 } }, inputDiff: true }, "v")).toEqual([
      { path: "v", before: 1, after: 2 },
    ]);
  });

  it("that depends on another change is not known yet", () => {
    const sides = { old: { inputs: { id: "a", list: ["b"] } }, new: { inputs: { id: unknown, list: [unknown] } } };
    expect(changesOf(sides, "id", "list")).toEqual([
      { path: "id", before: "a", after: "(known after the change)" },
      { path: "list[0]", before: "b", after: "(known after the change)" },
    ]);
  });
});

describe("a secret", () => {
  const plain = { inputs: { data: { deep: "planted" } } };
  it.each<[string, Sides]>([
    ["marked by the event log", { old: { inputs: { data: { deep: "[secret]" } } }, new: plain }],
    ["that contains the path", { old: { inputs: { data: "[secret]" } }, new: plain }],
    ["in the outputs only", { old: { inputs: plain.inputs, outputs: { data: { deep: "[secret]" } } }, new: plain }],
    ["in the outputs only, around the path", { old: plain, new: { ...plain, outputs: { data: "[secret]" } } }],
    ["with the signature of the state", { old: { inputs: { data: { deep: signature } } }, new: plain }],
  ])("%s is masked on both sides", (_, sides) => {
    const [change] = changesOf(sides, "data.deep");
    expect(change).toEqual({ path: "data.deep", before: "(secret)", after: "(secret)" });
  });

  it("inside a record that is told whole is masked", () => {
    const sides = {
      old: {},
      new: { inputs: { data: { deep: "planted", open: 1 } }, outputs: { data: { deep: "[secret]" } } },
    };
    expect(changesOf(sides, "data")).toEqual([{ path: "data", before: null, after: { deep: "(secret)", open: 1 } }]);
  });

  it("that this run knows is taken out of a longer text", () => {
    expect(changesOf({ old: {}, new: { inputs: { url: "a known-secret b" } } }, "url")).toEqual([
      { path: "url", before: null, after: "a [secret] b" },
    ]);
  });
});
