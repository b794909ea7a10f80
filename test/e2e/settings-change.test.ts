import { afterEach, expect, it } from "vitest";
import { createdProject } from "./created-stack.ts";
import type { TestProject } from "./project.ts";

let project: TestProject | undefined;
afterEach(() => project?.dispose());

interface Refusal {
  readonly error: { readonly code: string; readonly next: string };
}

it("applies a new backup schedule, and replaces fronts one by one where the settings ask for it", async () => {
  const lor = await createdProject();
  project = lor;
  lor.edit("Pulumi.yaml", (text) => text.replace(/keep: 7\b/, "keep: 8"));
  const up = await lor.json<{ changes: readonly { type: string }[] }>(["up", "--yes"]);
  expect(new Set(up.changes.map((one) => one.type))).toEqual(
    new Set(["ovh:CloudProject/workflowBackup:WorkflowBackup"]),
  );

  lor.edit("Pulumi.yaml", (text) => text.replaceAll("10.10.1.1", "10.10.1.2").replace(/keep: 8\b/, "keep: 9"));
  const partly = await lor.json<Refusal>(["up", "--yes"], 3);
  expect(partly.error).toMatchObject({ code: "up-touches-fronts", next: "lor-infra recover --replace ps-0" });
  for (const front of ["ps-0", "ps-1"]) await lor.json(["recover", "--replace", front, "--yes"]);
  expect((await lor.json<{ changes: readonly unknown[] }>(["up", "--yes"])).changes).toEqual([]);
  const { fronts } = await lor.json<{ fronts: readonly { address: string; health: string }[] }>(["status"]);
  expect(fronts.map(({ address, health }) => `${address} ${health}`)).toEqual([
    "10.10.1.20 healthy",
    "10.10.1.21 healthy",
  ]);
}, 600_000);
