import { describe, expect, it } from "vitest";
import { renderChanges } from "../../../src/cli/render/proposal.ts";
import { renderValues } from "../../../src/cli/render/value-change.ts";
import { openTerminal } from "../../../src/cli/terminal.ts";

describe("values before and after", () => {
  const longest = "x".repeat(100);
  it.each<[unknown, unknown, string, string]>([
    [null, "", "none", '""'],
    [7, false, "7", "false"],
    ["a\nb\u001b[2J", { role: "front" }, "a b [2J", '{"role":"front"}'],
    [`${longest}1`, `${longest}2`, "…xxxxxxxxxx1", "…xxxxxxxxxx2"],
    [`1${longest}`, "2", `1${"x".repeat(58)}…`, "2"],
  ])("%j and %j", (before, after, one, other) => {
    expect(renderValues({ path: "v", before, after })).toEqual([one, other]);
  });
});

it("each value that changes has a line below its resource", () => {
  const terminal = { ...openTerminal({ json: false }), style: (_: unknown, text: string) => text };
  const resource = { type: "openstack:compute/instance:Instance", holdsData: false, serves: true };
  const text = renderChanges(terminal, [
    {
      ...resource,
      name: "ps-0",
      kind: "update",
      restarts: true,
      because: ["flavorName", "metadata.role"],
      values: [
        { path: "flavorName", before: "b2-7-flex", after: "b2-15-flex" },
        { path: "metadata.role", before: null, after: "front" },
      ],
    },
  ]);
  expect(text.split("\n")).toEqual([
    "Changed in place: 1",
    "  ~ ps-0 (compute Instance): because of flavorName, metadata.role; THE MACHINE RESTARTS; serves requests",
    "      flavorName: b2-7-flex → b2-15-flex",
    "      metadata.role: none → front",
  ]);
});
