import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readLock } from "../../src/state/stack-lock.ts";
import { CrashScene } from "./crash/crash-scene.ts";

/** A shop with its state in a folder that several machines see; test/e2e/shared-state.test.ts has the switches. Each test goes on where the one before ended. */
const parent = mkdtempSync(join(tmpdir(), "lor-infra-shared-"));
const shared = join(parent, "our shop");
let scene: CrashScene;

beforeAll(async () => {
  scene = await CrashScene.start({ url: pathToFileURL(shared).href, env: {} });
});
afterAll(async () => {
  await scene?.dispose();
  rmSync(parent, { recursive: true, force: true });
});

interface Listing {
  readonly now: string;
  readonly where: string;
  readonly entries: readonly { readonly operation: string; readonly kind: string }[];
}

/** Runs that the chain of states has entered, each once. */
async function entered(): Promise<readonly string[]> {
  const { now, where, entries } = await scene.project.json<Listing>(["state", "list"]);
  expect(now).toBe("as-left");
  expect(where).toBe(join(shared, "lor", "local", "backend"));
  expect(entries.filter(({ kind }) => kind !== "run")).toEqual([]);
  return [...new Set(entries.map(({ operation }) => operation))];
}

it("goes up, and everything shared is in that folder: nothing of it in the project's own", async () => {
  await scene.succeed(["up", "--yes"]);
  expect(existsSync(join(shared, "lor", "local", "backend", ".pulumi", "stacks", "lor", "prod.json"))).toBe(true);
  expect((await scene.state.journal.entries()).at(-1)).toMatchObject({ operation: "up", event: "done" });
  expect(existsSync(scene.folder.backend) ? readdirSync(scene.folder.backend) : []).toEqual([]);
  expect(existsSync(join(scene.folder.folder, "chain.jsonl"))).toBe(false);
  expect(await entered()).toEqual(["up"]);
});

it("takes in a change of the settings", async () => {
  scene.project.edit("Pulumi.yaml", (text) => text.replace(/keep: 7\b/, "keep: 8"));
  await scene.succeed(["up", "--yes"]);
  await scene.succeed(["preview", "--detect"]);
  expect(await entered()).toEqual(["up"]);
});

it("is deleted with its data, and no lock is left in the folder", async () => {
  await scene.succeed(["destroy", "--with-data", "--yes"]);
  expect(await scene.project.json(["status"])).toMatchObject({ exists: false });
  expect(await readLock(scene.state.files)).toBeUndefined();
  expect(await scene.state.backend.list(".pulumi/locks/organization/lor/prod")).toEqual([]);
  expect((await scene.state.journal.entries()).at(-1)).toMatchObject({ operation: "destroy", event: "done" });
});
