import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { databaseAdministrator } from "../../src/domain/database-administrator.ts";
import { createdProject } from "./created-stack.ts";
import type { InProcessProject } from "./in-process.ts";

interface Changes {
  readonly changes: readonly { readonly kind: string; readonly name: string; readonly type: string }[];
}

interface OdooDocument {
  readonly database: { readonly administrator?: { readonly user: string; readonly password: string } };
}

let project: InProcessProject;
beforeAll(async () => {
  project = await createdProject();
});
afterAll(() => project.dispose());

const resource = "postgresql-administrator";

async function administrator() {
  const place = { region: "GRA", name: "lor-prod-configuration" };
  const { containers } = await project.clients();
  const document = (await containers.read(place, "guests/odoo.json")) as OdooDocument;
  return document.database.administrator;
}

it("a stack that exists takes the administrator over only when the settings say so, and nothing is replaced", async () => {
  expect(await project.json<Changes>(["preview"])).toMatchObject({ changes: [] });
  expect(await administrator()).toBeUndefined();
  project.edit("Pulumi.yaml", (text) =>
    text.replace('backupTime: "03:30:00"', 'backupTime: "03:30:00"\n      adoptAdministrator: true'),
  );
  const { changes } = await project.json<Changes>(["preview"]);
  expect(changes.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([`create ${resource}`, "update odoo"]);
  await project.json(["up", "--yes"]);
  expect(await administrator()).toEqual({
    user: databaseAdministrator,
    password: expect.stringMatching(/^[A-Za-z0-9]{24}$/) as string,
  });
  expect(await project.json<Changes>(["preview"])).toMatchObject({ changes: [] });
});

it("an interrupted creation of it is begun anew: the user of the service is neither adopted nor deleted", async () => {
  const before = await administrator();
  project.edit("Pulumi.yaml", (text) => text.replace("adoptAdministrator: true", "adoptAdministrator: false"));
  await project.json(["up", "--yes"]);
  expect(await administrator()).toBeUndefined();
  project.edit("Pulumi.yaml", (text) => text.replace("adoptAdministrator: false", "adoptAdministrator: true"));
  const began = await project.journalEnd();
  const match = { type: "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser", operation: "create" } as const;
  await project.cloud.orderFault({ match, effect: { kind: "fail" } });
  expect((await project.run(["up", "--yes"])).code).not.toBe(0);
  await project.json(["up", "--yes"]);
  const deleted = (await project.cloud.journal({ after: began })).filter(({ operation, name = "" }) =>
    /delete/i.test(`${operation} ${name}`),
  );
  expect(deleted).toEqual([]);
  const after = await administrator();
  expect(after?.user).toBe(databaseAdministrator);
  expect(after?.password).not.toBe(before?.password);
});

it("a lost state is taken in with it, and its password stays", async () => {
  const before = await administrator();
  rmSync(join(project.home, "local"), { recursive: true });
  await project.json(["import", "--yes"]);
  expect(await project.json<Changes>(["preview"])).toMatchObject({ changes: [] });
  expect(await administrator()).toEqual(before);
});
