import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, expect, it } from "vitest";
import { stackFolder } from "../../src/state/stack-folder.ts";
import { undisturbed } from "./created-stack.ts";
import { InProcessProject } from "./in-process.ts";
import { resourcesIn } from "./resource-set.ts";

/** A stack that an earlier version created, with the settings and the local cloud of that time: fixtures/stack-2ea04d2/README.md. */
const fixture = join(import.meta.dirname, "fixtures", "stack-2ea04d2");

let project: InProcessProject | undefined;
afterEach(() => project?.dispose());

function existingProject(): InProcessProject {
  const lor = new InProcessProject();
  for (const file of ["Pulumi.yaml", "Pulumi.normal.yaml", "Pulumi.rush.yaml"]) {
    cpSync(join(fixture, file), join(lor.folder, file));
  }
  const backend = join(stackFolder(lor.home, "local", "prod").backend, ".pulumi");
  const cloud = join(lor.home, "cloud");
  unpack("prod.json.gz", join(backend, "stacks", "lor", "prod.json"));
  writeFileSync(join(backend, "meta.yaml"), "version: 1\n");
  unpack("cloud.sqlite.gz", join(cloud, "cloud.sqlite"));
  cpSync(join(fixture, "tls.p12"), join(cloud, "tls.p12"));
  return lor;
}

function unpack(name: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, gunzipSync(readFileSync(join(fixture, name))));
}

interface Preview {
  readonly changes: readonly {
    readonly kind: string;
    readonly name: string;
    readonly type: string;
    readonly because: readonly string[];
  }[];
}

/** Made since then: a secret, which touches nothing that exists. */
const added = "prestashop-adminPassword";
const timeouts = ["timeoutClientData", "timeoutMemberData"];

/**
 * What a preview changes besides the machines' documents, whose text is each version's own (no machine is touched by storing one), and the
 * listeners' timeouts, which change in place.
 */
async function otherChanges(lor: ReturnType<typeof existingProject>, words: readonly string[]) {
  const { changes } = JSON.parse((await lor.run(["preview", ...words, "--json"])).stdout) as Preview;
  const expected = changes.filter(({ kind, type, because }) => {
    if (kind !== "update") return false;
    if (type.endsWith(":ContainerObject")) return because.join() === "content";
    return type.endsWith(":Listener") && because.toSorted().join() === timeouts.join();
  });
  expect(expected.filter(({ type }) => type.endsWith(":Listener")).map(({ name }) => name)).toEqual(["http", "https"]);
  return changes.filter((one) => !expected.includes(one)).map(({ kind, name }) => `${kind} ${name}`);
}

it("a stack of an earlier version previews without a change, and into rush without a replacement", async () => {
  const lor = existingProject();
  project = lor;
  expect(await otherChanges(lor, [])).toEqual([`create ${added}`]);

  expect((await otherChanges(lor, ["--profile", "rush"])).toSorted()).toEqual([
    `create ${added}`,
    "create ps-2",
    "create ps-2",
    "create ps-2",
    "create ps-2",
    "create ps-2-data",
    "create ps-2-data",
    "update lb",
    "update ps-0",
    "update ps-1",
  ]);
  expect(await otherChanges(lor, ["--detect"])).toEqual([`create ${added}`]);
});

it("types and names of all resources, components too, are those of an earlier version", async () => {
  project = existingProject();
  const { state } = await resourcesIn(project.home);
  expect((await undisturbed("normal")).state).toEqual(
    [...state, `random:index/randomPassword:RandomPassword ${added}`].toSorted(),
  );
  expect(state.filter((one) => one.startsWith("lor:")).length).toBeGreaterThan(5);
});
