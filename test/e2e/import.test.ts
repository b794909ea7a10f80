import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ImportedResource, ImportedSecret } from "../../src/actions/import/import-proposal.ts";
import { dropFromState } from "../../src/engine/drop-from-state.ts";
import type { StateResource } from "../../src/engine/port.ts";
import { parseStateExport } from "../../src/engine/state-export.ts";
import { stackFolder } from "../../src/state/stack-folder.ts";
import { stateInFolder } from "../../src/state/stack-state.ts";
import { readStateFile } from "../../src/state/state-file.ts";
import { Hand } from "./by-hand.ts";
import { CrashScene } from "./crash/crash-scene.ts";
import { createdProject } from "./created-stack.ts";
import type { TestProject } from "./project.ts";
import { inventory } from "./resource-set.ts";

interface ImportDocument {
  readonly changed: boolean;
  readonly resources: readonly ImportedResource[];
  readonly secrets: readonly ImportedSecret[];
}

interface Refusal {
  readonly error: { readonly code: string; readonly seen: string; readonly accepted: string };
  readonly resources: readonly ImportedResource[];
  readonly secrets: readonly ImportedSecret[];
}

interface GuestSecrets {
  readonly database: { readonly password: string };
  readonly secrets: Readonly<Record<string, string>>;
}

const container = { region: "GRA", name: "lor-prod-configuration" };
const ofCloud = ({ type }: StateResource) => /^(openstack|ovh|random):/.test(type);

async function recorded(project: TestProject): Promise<readonly StateResource[]> {
  const file = await readStateFile(stateInFolder(stackFolder(project.home, "local", "prod"), "lor"));
  return file === undefined ? [] : parseStateExport(file).resources;
}

/** What the state says of each resource; secrets are redacted, and how they compare is seen elsewhere. */
function told(resources: readonly StateResource[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    resources.filter(ofCloud).map(({ type, name, id, protect }) => [`${type} ${name}`, { id, protect }]),
  );
}

/** Calls that could change something in the cloud, of the engine's providers and of the raw clients. */
async function changesSince(project: TestProject, seq: number): Promise<readonly string[]> {
  const changing = (await project.cloud.journal({ after: seq })).filter(({ api, service, operation, name = "" }) =>
    api === "http"
      ? !/^(GET|HEAD) |\/auth\/tokens$/.test(name)
      : !["read", "invoke"].includes(operation) && service !== "random",
  );
  return changing.map(({ operation, type, name }) => `${operation} ${type ?? ""} ${name}`);
}

/** Takes resources out of the state, which are in the cloud; returns how many. */
async function forget(project: TestProject, which: (resource: StateResource) => boolean): Promise<number> {
  const state = stateInFolder(stackFolder(project.home, "local", "prod"), "lor");
  const gone = new Set((await recorded(project)).filter(which).map((one) => one.urn));
  const { deployment } = dropFromState(await readStateFile(state), gone) as { readonly deployment: unknown };
  const checkpoint = { stack: "organization/lor/prod", latest: deployment };
  await state.backend.write(".pulumi/stacks/lor/prod.json", JSON.stringify({ version: 3, checkpoint }));
  return gone.size;
}

function verdicts(resources: readonly ImportedResource[], verdict: ImportedResource["verdict"]): readonly string[] {
  return resources
    .filter((one) => one.verdict === verdict)
    .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
}

async function document(project: TestProject, front: string): Promise<GuestSecrets> {
  return (await (await project.clients()).containers.read(container, `guests/${front}.json`)) as GuestSecrets;
}

describe("a state that was lost", () => {
  let project: TestProject;
  let scene: CrashScene;
  let before: readonly StateResource[];
  let began: number;
  let cloud: readonly string[];
  beforeAll(async () => {
    project = await createdProject();
    before = await recorded(project);
    rmSync(join(project.home, "local"), { recursive: true });
    scene = await CrashScene.over(project);
    began = await project.journalEnd();
    cloud = inventory(project.home);
  });
  afterAll(() => project.dispose());

  it("killed in the middle it has taken in nothing", async () => {
    const type = "openstack:objectstorage/containerObject:ContainerObject";
    const held = { match: { type, operation: "read" } };
    await scene.crash(["import", "--yes"], { point: "adopting", steps: [held], kill: ["command", "engine"] });
    expect(await recorded(project)).toEqual([]);
  });

  it("is taken in whole by the same command, secrets and every id, and nothing in the cloud was changed", async () => {
    const run = await scene.succeed(["import", "--yes", "--json"]);
    const { changed, resources, secrets: found } = JSON.parse(run.stdout) as ImportDocument;
    expect(changed).toBe(true);
    expect(new Set(resources.map((one) => one.verdict))).toEqual(new Set(["found"]));
    expect(resources).toHaveLength(before.filter((one) => ofCloud(one) && !one.type.startsWith("random:")).length);
    expect(new Set(found.map((one) => one.from))).toEqual(new Set(["cloud"]));
    const server = resources.find((one) => one.name === "ps-0" && one.type.endsWith(":Instance"));
    expect(server?.writeOnlyInputs).toContain("userData");
    expect(told(await recorded(project))).toEqual(told(before));
    expect(await changesSince(project, began)).toEqual([]);
    expect(inventory(project.home)).toEqual(cloud);
    // What is shown is no secret.
    const { database, secrets } = await document(project, "ps-0");
    for (const secret of [database.password, ...Object.values(secrets)]) {
      expect(run.stdout + run.stderr).not.toContain(secret);
    }
  });

  it("taken in twice everything is known, and nothing differs from the cloud", async () => {
    expect(await project.json(["import", "--yes"])).toMatchObject({ changed: false });
    const preview = await project.run(["preview", "--detect"]);
    expect(preview).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing differs from normal.") });
  });

  it("what the state alone has lost is taken in again, and the rest is known", async () => {
    const gone = await forget(
      project,
      ({ type, name }) =>
        /:(Member|Instance|VolumeAttach|WorkflowBackup)$/.test(type) && ["ps-1", "odoo", "odoo-data"].includes(name),
    );
    const { resources } = await project.json<ImportDocument>(["import", "--yes"]);
    expect(resources.filter((one) => one.verdict === "found")).toHaveLength(gone);
    expect(resources.filter((one) => one.verdict === "known")).toHaveLength(resources.length - gone);
    expect(told(await recorded(project))).toEqual(told(before));
  });
});

describe("a shop that was made by hand", () => {
  let project: TestProject;
  let before: readonly StateResource[];
  let hand: Hand;
  let began: number;
  let map: string;
  let secretsFile: string;
  const id = (type: string, name: string) =>
    before.find((one) => one.type.endsWith(`:${type}`) && one.name === name)?.id ?? "";
  beforeAll(async () => {
    project = await createdProject();
    before = await recorded(project);
    rmSync(join(project.home, "local"), { recursive: true });
    await project.json(["cloud", "start"]);
    hand = new Hand(project);
    map = join(project.folder, "map.yaml");
    secretsFile = join(project.folder, "secrets.yaml");
  });
  afterAll(async () => {
    hand.close();
    await project.dispose();
  });
  // First passwords are of the installation alone: nobody is asked for them.
  const given: Record<string, string> = {
    "User mysql": "",
    "PostgresSqlUser postgresql": "",
    "RandomPassword prestashop-cookieKey": "planted-cookie-key-of-fifty-six-characters-0123456789-0123",
    "RandomPassword odoo-masterPassword": "planted-master-password-0123456789-0123",
  };
  const write = (file: string, lines: Readonly<Record<string, string>>) =>
    writeFileSync(
      file,
      `${Object.entries(lines)
        .map(([key, value]) => `${key}: "${value}"`)
        .join("\n")}\n`,
    );
  const refused = (...more: string[]) => project.json<Refusal>(["import", "--yes", ...more], 3);

  it("is refused while a name is there twice and a network is called otherwise, with the lines to write", async () => {
    const [shop, erp] = await Promise.all([document(project, "ps-0"), document(project, "odoo")]);
    Object.assign(given, {
      "User mysql": shop.database.password,
      "PostgresSqlUser postgresql": erp.database.password,
    });
    for (const front of ["ps-0", "ps-1", "odoo"]) {
      const object = { containerName: container.name, name: `guests/${front}.json`, region: container.region };
      await hand.delete("openstack:objectstorage/containerObject:ContainerObject", `${container.name}/x`, object);
    }
    await hand.change("openstack:networking/network:Network", id("Network", "prestashop"), { name: "web-net" });
    await hand.change("openstack:blockstorage/volume:Volume", id("Volume", "odoo-data"), {
      size: 120,
      enableOnlineResize: true,
    });
    const second = await hand.create("openstack:networking/router:Router", {
      name: "lor-prod-router",
      region: "GRA11",
    });
    began = await project.journalEnd();
    const { error, resources } = await refused();
    expect(error).toMatchObject({ code: "import-ambiguous", accepted: expect.stringContaining("Router router: ") });
    const ids = resources.find((one) => one.verdict === "ambiguous")?.ids;
    expect([...(ids ?? [])].toSorted()).toEqual([id("Router", "router"), second].toSorted());
    expect(verdicts(resources, "missing")).toContain("Network prestashop");
    const server = resources.find((one) => one.name === "ps-0" && one.type.endsWith(":Instance"));
    expect(server).toMatchObject({ verdict: "incomplete", lacks: expect.arrayContaining(["Network prestashop"]) });
  });

  it("is refused while a disk is larger than the settings say, and while nobody tells its secrets", async () => {
    write(map, { "Router router": id("Router", "router"), "Network prestashop": "web-net" });
    const { error, resources, secrets } = await refused("--map", map, "--dry-run");
    expect(error).toMatchObject({
      code: "import-differs",
      seen: "Volume odoo-data: size 120 instead of 100",
      accepted: "settings that say what is there: odoo.disk",
    });
    expect(verdicts(resources, "differs")).toEqual(["Volume odoo-data"]);
    const unknown = secrets.filter((one) => one.from === "unknown");
    expect(unknown.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)).toEqual(Object.keys(given));
    expect(await recorded(project)).toEqual([]);
  });

  it("is taken in with map and secrets, under its own names and without a change to it", async () => {
    project.edit("Pulumi.yaml", (text) => text.replace(/(flavor: b2-15\n *disk: )100/, "$1120"));
    write(secretsFile, given);
    const run = await project.run(["import", "--yes", "--map", map, "--secrets", secretsFile]);
    expect(run, run.stderr).toMatchObject({ code: 0 });
    for (const secret of Object.values(given)) expect(run.stdout + run.stderr).not.toContain(secret);
    expect(await changesSince(project, began)).toEqual([]);
    const adopted = told(await recorded(project));
    for (const [key, resource] of Object.entries(told(before))) {
      if (key in adopted) expect(adopted[key], key).toEqual(resource);
    }
    const lacked = Object.keys(told(before)).filter((key) => !(key in adopted));
    const documents = ["odoo", "ps-0", "ps-1"].map((name) => `ContainerObject ${name}`);
    expect(lacked.map((key) => key.split(":").at(-1)).toSorted()).toEqual(documents);
  });

  it("`up` makes what it lacked, with the secrets that were told, and changes nothing else", async () => {
    const from = await project.journalEnd();
    const up = await project.run(["up", "--yes"]);
    expect(up, up.stderr).toMatchObject({ code: 0 });
    const made = await changesSince(project, from);
    expect(made).toHaveLength(3);
    expect(
      made.every((one) => one.startsWith("create openstack:objectstorage/containerObject:")),
      made[0],
    ).toBe(true);
    const { database, secrets } = await document(project, "ps-0");
    expect(database.password).toBe(given["User mysql"]);
    expect(secrets.cookieKey).toBe(given["RandomPassword prestashop-cookieKey"]);
  });

  it("then goes into rush: a new front gets the secrets that the others have, its network still called as it was", async () => {
    // Its fronts were unwell without their documents; a check has to see that they are there again.
    await vi.waitFor(
      async () => {
        const { fronts } = await project.json<{ fronts: readonly { readonly healthy: boolean }[] }>(["status"]);
        expect(fronts.every((front) => front.healthy)).toBe(true);
      },
      { timeout: 600_000, interval: 500 },
    );
    const rush = await project.run(["rush", "--yes"]);
    expect(rush, rush.stderr).toMatchObject({ code: 0 });
    expect(rush.stdout).toContain("Ready: 3 of 3 fronts serve");
    const [old, added] = await Promise.all([document(project, "ps-0"), document(project, "ps-2")]);
    expect(added.secrets).toEqual(old.secrets);
    expect(added.database.password).toBe(old.database.password);
    // One that was taken in was resized, not replaced.
    const ids = (all: readonly StateResource[]) => told(all)["openstack:compute/instance:Instance ps-0"];
    expect(ids(await recorded(project))).toEqual(ids(before));
    const network = (await recorded(project)).find((one) => one.type.endsWith(":Network") && one.name === "prestashop");
    expect(network).toMatchObject({ id: id("Network", "prestashop"), outputs: { name: "web-net" } });
  });
});
