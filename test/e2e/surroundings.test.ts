import { existsSync, readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stackFolder } from "../../src/state/stack-folder.ts";
import { secondStack } from "../config/second-stack.ts";
import { createdProject } from "./created-stack.ts";
import { InProcessProject } from "./in-process.ts";
import { ended } from "./project.ts";

/** What surrounds the commands of a stack that is up: no engine, a proxy, a state that was cut off, a second stack of the project. */
let project: InProcessProject;
beforeAll(async () => {
  project = await createdProject();
});
afterAll(() => project.dispose());

interface Failure {
  readonly error: { readonly code: string; readonly path?: string; readonly next: string };
}

it("status needs no engine, and makes none", async () => {
  const cache = join(project.home, "no-cache");
  const env = { XDG_CACHE_HOME: cache, HOME: cache };
  const young = new InProcessProject();
  try {
    const created = await project.run(["status", "--json"], env);
    expect(created, created.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(created.stdout)).toMatchObject({ exists: true, profile: "normal" });
    const none = await young.run(["status", "--json"], env);
    expect(none, none.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(none.stdout)).toMatchObject({ exists: false });
  } finally {
    await young.dispose();
  }
  expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([]);
});

it("command, engine and local cloud pass by a proxy that refuses every connection", async () => {
  // Nothing listens there.
  const refusing = "http://127.0.0.1:9";
  const names = ["http_proxy", "https_proxy", "all_proxy", "grpc_proxy"];
  const env = { ...Object.fromEntries(names.map((name) => [name, refusing])), NODE_USE_ENV_PROXY: "1" };
  expect(await ended(project.start(["cloud", "stop"], env))).toMatchObject({ code: 0 });
  const preview = await ended(project.start(["preview", "--exit-code"], env));
  expect(preview, preview.stderr).toMatchObject({ code: 0, stderr: "" });
});

it("a state that was cut off is named with the command that brings it back, and that command does", async () => {
  truncateSync(join(stackFolder(project.home, "local", "prod").backend, ".pulumi", "stacks", "lor", "prod.json"), 1000);
  for (const command of [["status"], ["up", "--yes"]]) {
    expect((await project.json<Failure>(command, 3)).error.code).toBe("state-unreadable");
  }
  const { error } = await project.json<Failure>(["preview"], 3);
  const [, copy = ""] = /lor-infra state restore (\w+)/.exec(error.next) ?? [];
  await project.json(["state", "restore", copy, "--yes"]);
  await project.json(["recover", "--yes"]);
  expect(await project.run(["preview", "--exit-code"])).toMatchObject({ code: 0 });
});

it("a second stack is refused while it would use what the first one has; in a cloud project of its own it goes up", async () => {
  const section = (lor: InProcessProject, own: object) =>
    lor.edit(
      "Pulumi.yaml",
      (text) => `${text}  stacks:\n    value: ${JSON.stringify({ test: { ...secondStack, ...own } })}\n`,
    );
  section(project, { odoo: { domain: "erp.lor.example" } });
  const refused = await project.run(["up", "--yes", "--stack", "test", "--json"]);
  expect(refused.code).toBe(2);
  expect(refused.stdout).toContain("odoo.domain");
  // The local cloud of a state folder is one Public Cloud project.
  const elsewhere = new InProcessProject();
  try {
    section(elsewhere, {});
    const up = await elsewhere.run(["up", "--yes", "--stack", "test"]);
    expect(up, up.stdout + up.stderr).toMatchObject({ code: 0 });
    expect(await elsewhere.run(["preview", "--exit-code", "--stack", "test"])).toMatchObject({ code: 0 });
    const { compute } = await elsewhere.clients();
    const names = (await compute.findServers("lor-")).map((one) => one.name).toSorted();
    expect(names).toEqual(["lor-test-odoo", "lor-test-ps-0", "lor-test-ps-1"]);
  } finally {
    await elsewhere.dispose();
  }
});
