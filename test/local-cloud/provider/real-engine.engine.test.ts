import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as ovh from "@ovhcloud/pulumi-ovh";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeOnlyInputs } from "../../../src/clouds/ovh/write-only-inputs.ts";
import { openStack } from "../../../src/engine/automation-stack.ts";
import { installEngine } from "../../../src/engine/install-engine.ts";
import type { EngineStack, RunResult } from "../../../src/engine/port.ts";
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { type Providers, startProviders } from "../../../src/local-cloud/provider/start-providers.ts";
import { loadSimulators, openSimulators } from "../../../src/local-cloud/simulators.ts";

const planted = "planted-secret-7c41";
const region = "GRA11";
const instanceType = "openstack:compute/instance:Instance";
const passphrase = "tests-only-passphrase";
/** Made by `pulumi stack init` with the passphrase above. */
const encryptionSalt = "v1:1He6XtX4Ors=:v1:gnTfz3pWf/BeHmx/:et6khN0XIq5GMgjIFehgfpIlA8BbfA==";

let folder: string;
let cloud: LocalCloud;
let providers: Providers;
let stack: EngineStack;
const said: string[] = [];
const told = { onEvent: (event: unknown) => void said.push(JSON.stringify(event)) };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lor-infra-provider-"));
  cloud = createLocalCloud({ databasePath: join(folder, "cloud.sqlite"), scale: 5000 });
  const { packages } = openSimulators(cloud, await loadSimulators());
  providers = await startProviders(cloud, packages);
  stack = await open("prod");
});
afterAll(() => {
  providers?.close();
  cloud?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(stackName: string): Promise<EngineStack> {
  return openStack({
    projectName: "providers",
    stackName,
    backendUrl: pathToFileURL(join(folder, "backend")).href,
    passphrase,
    encryptionSalt,
    workFolder: join(folder, "work"),
    engine: await installEngine({ env: process.env }),
    env: process.env,
    providers: providers.ports,
    pulumiHome: join(folder, "home"),
  });
}

interface Wishes {
  readonly flavor?: string;
  readonly userData?: string;
}

/** A server on a network, a container with a secret key, a user with a password. */
const program =
  (wishes: Wishes = {}) =>
  async () => {
    const image = openstack.images.getImageOutput({ name: "Debian 12", mostRecent: true, region });
    const password = new random.RandomPassword("password", { length: 32, special: false });
    const network = new openstack.networking.Network("front", { name: "lor-front", region, portSecurityEnabled: true });
    const subnet = new openstack.networking.Subnet("front", {
      name: "lor-front",
      region,
      networkId: network.id,
      cidr: "10.10.1.0/24",
      gatewayIp: "10.10.1.254",
    });
    const port = new openstack.networking.Port("ps-0", {
      name: "lor-ps-0",
      region,
      networkId: network.id,
      fixedIps: [{ subnetId: subnet.id, ipAddress: "10.10.1.10" }],
    });
    const container = new openstack.objectstorage.Container("configuration", {
      name: "lor-configuration",
      region: "GRA",
      metadata: pulumi.secret({ "Temp-URL-Key": planted }),
    });
    new openstack.objectstorage.ContainerObject("ps-0", {
      containerName: container.name,
      name: "guests/ps-0.json",
      region: "GRA",
      content: pulumi.secret(`{"password":"${planted}"}`),
    });
    const instance = new openstack.compute.Instance(
      "ps-0",
      {
        name: "lor-ps-0",
        region,
        flavorName: wishes.flavor ?? "b2-7-flex",
        imageId: image.id,
        networks: [{ port: port.id }],
        userData: pulumi.secret(wishes.userData ?? `#cloud-config # ${planted}`),
      },
      { deleteBeforeReplace: true, ignoreChanges: ["imageId"] },
    );
    const user = new ovh.cloudproject.User("images", {
      description: "lor-images",
      roleNames: ["objectstore_operator"],
    });
    return { address: instance.accessIpV4, password: password.result, userPassword: user.password };
  };

function changes(result: RunResult): Record<string, unknown> {
  return Object.fromEntries(
    result.changes
      .filter((one) => one.change !== "same" && one.type !== "pulumi:pulumi:Stack")
      .map((one) => [
        `${one.type.split(":").at(-1)} ${one.name}`,
        [one.change, one.changedProperties, one.replacingProperties],
      ]),
  );
}

test("a first run creates, the next one has nothing to do, and a refresh finds nothing", async () => {
  const preview = await stack.preview(program(), told);
  expect(Object.values(changes(preview)).every((change) => (change as string[])[0] === "create")).toBe(true);
  expect(cloud.journal.entries({ operation: "create" })).toEqual([]);
  const first = await stack.up(program(), told);
  expect(Object.keys(changes(first)).length).toBe(8);
  expect(first.outputs.address).toBe("10.10.1.10");
  expect(first.outputs.password).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(changes(await stack.preview(program(), told))).toEqual({});
  expect(changes(await stack.refresh(program(), told))).toEqual({});
});

test("a preview names what changes, and whether it replaces", async () => {
  const bigger = await stack.preview(program({ flavor: "b2-15-flex" }), told);
  expect(changes(bigger)).toEqual({ "Instance ps-0": ["update", ["flavorName"], []] });
  const other = await stack.preview(program({ userData: `other ${planted}` }), told);
  expect(changes(other)).toEqual({ "Instance ps-0": ["replace", ["userData"], ["userData"]] });
});

test("a resize is carried out in place and confirmed", async () => {
  const result = await stack.up(program({ flavor: "b2-15-flex" }), told);
  expect(changes(result)).toEqual({ "Instance ps-0": ["update", ["flavorName"], []] });
  const [server] = cloud.nova.servers.list({ name: "lor-ps-0" });
  expect(server).toMatchObject({ status: "ACTIVE", flavor: { name: "b2-15-flex" } });
});

test("a refresh sees what someone else changed", async () => {
  const [network] = cloud.neutron.networks.list({ name: "lor-front" });
  cloud.neutron.networks.update(network?.id ?? "", { description: "by hand" });
  const wanted = program({ flavor: "b2-15-flex" });
  await stack.refresh(wanted, told);
  expect(changes(await stack.preview(wanted, told))).toEqual({ "Network front": ["update", ["description"], []] });
  expect(changes(await stack.up(wanted, told))).toEqual({ "Network front": ["update", ["description"], []] });
});

test("a server that is gone is seen by a refresh; its creation, cut off, is adopted and leaves nothing to do", async () => {
  const [gone] = cloud.nova.servers.list({ name: "lor-ps-0" });
  cloud.nova.servers.delete(gone?.id ?? "");
  await cloud.waitUntil(() => cloud.nova.servers.list({ name: "lor-ps-0" }).length === 0);
  expect(changes(await stack.refresh(program(), told))).toEqual({ "Instance ps-0": ["delete", [], []] });
  cloud.faults.order({ match: { type: instanceType, operation: "create" }, effect: { kind: "drop-after-accept" } });
  await expect(stack.up(program(), told)).rejects.toThrow();
  const urn = `urn:pulumi:prod::providers::${instanceType}::ps-0`;
  const [server] = cloud.nova.servers.list({ name: "lor-ps-0" });
  await cloud.waitUntil(() => cloud.nova.servers.get(server?.id ?? "").status === "ACTIVE");
  const adopt = new Map([[urn, { id: server?.id ?? "", writeOnlyInputs: writeOnlyInputs(instanceType) }]]);
  const run = await stack.up(program(), { ...told, adopt });
  expect(changes(run)).toEqual({ "Instance ps-0": ["import", [], []] });
  expect(cloud.nova.servers.list({ name: "lor-ps-0" })).toHaveLength(1);
  expect(changes(await stack.preview(program(), told))).toEqual({});
});

test("destroy leaves nothing", async () => {
  await stack.destroy(told);
  expect(cloud.nova.servers.list()).toEqual([]);
  expect(cloud.neutron.networks.list({ name: "lor-front" })).toEqual([]);
  expect(cloud.swift.containers.list()).toEqual([]);
});

test("secrets are nowhere in clear: state, its history, journal, events", async () => {
  await stack.up(program(), told);
  const [user] = cloud.ovhUsers.list({ description: "lor-images" });
  expect(user).toBeDefined();
  const outputs = await stack.outputs();
  const secrets = [planted, String(outputs.password), String(outputs.userPassword)];
  const texts = [...filesOf(join(folder, "backend")), ...said, JSON.stringify(cloud.journal.entries())];
  for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
});

function filesOf(place: string): string[] {
  return readdirSync(place, { recursive: true, encoding: "utf8" })
    .map((name) => join(place, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, "utf8"));
}
