import { afterEach, expect, it } from "vitest";
import { createdProject } from "./created-stack.ts";
import type { InProcessProject } from "./in-process.ts";

let project: InProcessProject | undefined;
afterEach(() => project?.dispose());

interface Refusal {
  readonly error: { readonly code: string; readonly path?: string; readonly next: string };
}

interface Changes {
  readonly changes: readonly { readonly type: string; readonly name: string }[];
}

it("applies a backup schedule and a disk, never shrinks the disk, and replaces fronts one by one where the settings ask for it", async () => {
  const lor = await createdProject();
  project = lor;
  const mysqlDisk = (from: number, to: number) =>
    lor.edit("Pulumi.yaml", (text) => text.replace(`disk: ${from}\n      access`, `disk: ${to}\n      access`));
  lor.edit("Pulumi.yaml", (text) => text.replace(/keep: 7\b/, "keep: 8"));
  mysqlDisk(80, 240);
  const ahead = await lor.run(["preview", "--exit-code"]);
  expect(ahead.code, ahead.stderr).toBe(5);
  expect(ahead.stdout).toContain("mysql.disk: the disk of mysql grows from 80 to 240 GB and cannot shrink again");
  const up = await lor.json<Changes>(["up", "--yes"]);
  expect(new Set(up.changes.map((one) => one.type))).toEqual(
    new Set(["ovh:CloudProject/database:Database", "ovh:CloudProject/workflowBackup:WorkflowBackup"]),
  );
  expect((await lor.run(["preview", "--exit-code"])).code).toBe(0);

  mysqlDisk(240, 80);
  for (const command of [
    ["up", "--yes"],
    ["rush", "--yes"],
  ]) {
    expect((await lor.json<Refusal>(command, 3)).error).toMatchObject({
      code: "disk-cannot-shrink",
      path: "mysql.disk",
      next: "undo the change of mysql.disk, then lor-infra preview",
    });
  }
  const { stop } = await lor.json<{ stop: { code: string } }>(["preview"]);
  expect(stop.code).toBe("disk-cannot-shrink");
  mysqlDisk(80, 240);

  lor.edit("Pulumi.yaml", (text) => text.replaceAll("10.10.1.1", "10.10.1.2").replace(/keep: 8\b/, "keep: 9"));
  const partly = await lor.json<Refusal>(["up", "--yes"], 3);
  expect(partly.error).toMatchObject({ code: "up-touches-fronts", next: "lor-infra recover --replace ps-0" });
  for (const front of ["ps-0", "ps-1"]) await lor.json(["recover", "--replace", front, "--yes"]);
  expect((await lor.json<Changes>(["up", "--yes"])).changes).toEqual([]);
  const { fronts } = await lor.json<{ fronts: readonly { address: string; health: string }[] }>(["status"]);
  expect(fronts.map(({ address, health }) => `${address} ${health}`)).toEqual([
    "10.10.1.20 healthy",
    "10.10.1.21 healthy",
  ]);
});
