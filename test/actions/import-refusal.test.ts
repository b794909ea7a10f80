import { expect, it } from "vitest";
import type { ImportedResource, ImportedSecret } from "../../src/actions/import/import-proposal.ts";
import { importRefusal } from "../../src/actions/import/import-refusal.ts";
import { ExitCode } from "../../src/core/errors.ts";

const server = { type: "openstack:compute/instance:Instance", name: "ps-0" };
const found: ImportedResource = { ...server, name: "odoo", verdict: "found", id: "a" };
const ambiguous: ImportedResource = { ...server, verdict: "ambiguous", ids: ["one", "two"] };
const incomplete: ImportedResource = { ...server, verdict: "incomplete", id: "a", lacks: ["Port ps-0"] };
const differs: ImportedResource = {
  ...server,
  verdict: "differs",
  id: "a",
  differences: [
    { path: "flavorName", found: "b2-15-flex", wanted: "b2-7-flex", setting: "prestashop.frontsFlavor" },
    { path: "tags", found: undefined, wanted: '["a"]', setting: undefined },
  ],
};
const secret: ImportedSecret = {
  type: "ovh:CloudProjectDatabase/user:User",
  name: "mysql",
  what: "its password",
  from: "unknown",
};

function refusal(resources: readonly ImportedResource[], secrets: readonly ImportedSecret[] = []) {
  return importRefusal({ cloud: "local", stack: "prod", profile: "normal", resources, secrets });
}

it("nothing stands against what is found, known or missing", () => {
  const others: ImportedResource[] = [
    { ...server, verdict: "known" },
    { ...server, verdict: "missing" },
  ];
  expect(refusal([found, ...others], [{ ...secret, from: "new" }])).toBeUndefined();
});

it.each([
  ["several of a name", [ambiguous], "import-ambiguous", "Instance ps-0: one, two", "`Instance ps-0: one`"],
  ["what it hangs on", [incomplete], "import-incomplete", "Port ps-0 is not found", "`Port ps-0: ID`"],
  [
    "differences",
    [differs],
    "import-differs",
    "flavorName b2-15-flex instead of b2-7-flex, tags none",
    "prestashop.frontsFlavor",
  ],
  ["nothing there", [{ ...server, verdict: "missing" }], "import-nothing-found", undefined, "--map"],
] as const)("%s is refused, with what to do", (_, resources, code, seen, accepted) => {
  const rest = code === "import-nothing-found" ? [] : [found];
  expect(refusal([...rest, ...resources])).toMatchObject({
    code,
    exit: ExitCode.refused,
    seen: seen === undefined ? undefined : expect.stringContaining(seen),
    accepted: expect.stringContaining(accepted),
  });
});

it("a secret in use that nobody tells is refused", () => {
  expect(refusal([found], [secret])).toMatchObject({
    code: "import-secret-unknown",
    seen: "its password",
    accepted: expect.stringContaining("`User mysql: …`"),
    also: { secrets: [secret] },
  });
});
