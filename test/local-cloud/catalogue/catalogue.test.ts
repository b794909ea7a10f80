import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildCatalogue } from "../../../src/local-cloud/catalogue/build-catalogue.ts";
import { catalogue } from "../../../src/local-cloud/catalogue/catalogue.ts";
import { corrections } from "../../../src/local-cloud/catalogue/corrections.ts";
import { supportedPackages } from "../../../src/local-cloud/catalogue/supported.ts";

const folder = new URL("../../../src/local-cloud/catalogue/", import.meta.url);

function readSchema() {
  const [openstack, ovh] = ["openstack-schema.json", "ovh-schema.json"].map((name) =>
    JSON.parse(readFileSync(new URL(name, folder), "utf8")),
  );
  return { ...openstack, ...ovh };
}

test("generating again gives the committed file", () => {
  const schema = readSchema();
  const committed = readFileSync(new URL("catalogue.generated.json", folder), "utf8");
  expect(`${JSON.stringify(buildCatalogue(schema), undefined, 1)}\n`).toBe(committed);
});

test("versions are the SDKs' own", () => {
  expect(catalogue.openstack.version).toBe("3.15.2");
  expect(catalogue.ovh.version).toBe("2.19.1");
  expect(catalogue.random.version).toBe("4.21.2");
});

test("every correction belongs to a supported type and names its source", () => {
  const known = Object.values(catalogue).flatMap((entry) => Object.keys(entry.resources));
  for (const [token, correction] of Object.entries(corrections)) {
    expect(known).toContain(token);
    expect(correction.source).toMatch(/^TF[OR] resource_\w+\.go: /);
  }
});

test("only the schema knows the OpenStack types: a name it lacks is refused", () => {
  const schema = readSchema();
  delete schema.openstack_compute_instance_v2.user_data;
  expect(() => buildCatalogue(schema)).toThrow("openstack:compute/instance:Instance.userData");
  expect(supportedPackages.map((supported) => supported.name)).toEqual(["openstack", "ovh", "random"]);
});

test.each([
  ["openstack", "openstack:compute/instance:Instance", "userData", true],
  ["openstack", "openstack:compute/instance:Instance", "flavorName", false],
  ["openstack", "openstack:compute/instance:Instance", "imageId", false],
  ["openstack", "openstack:loadbalancer/loadBalancer:LoadBalancer", "flavorId", true],
  ["openstack", "openstack:loadbalancer/member:Member", "weight", false],
  ["openstack", "openstack:loadbalancer/listener:Listener", "defaultTlsContainerRef", false],
  ["openstack", "openstack:blockstorage/volume:Volume", "volumeType", true],
  ["openstack", "openstack:blockstorage/volume:Volume", "size", false],
  ["openstack", "openstack:objectstorage/containerObject:ContainerObject", "content", false],
  ["ovh", "ovh:CloudProject/loadBalancer:LoadBalancer", "flavorId", false],
  ["ovh", "ovh:CloudProject/loadBalancer:LoadBalancer", "network", true],
  ["ovh", "ovh:CloudProject/database:Database", "plan", false],
  ["ovh", "ovh:CloudProject/database:Database", "engine", true],
  ["ovh", "ovh:CloudProject/s3Policy:S3Policy", "policy", false],
  ["random", "random:index/randomPassword:RandomPassword", "length", true],
] as const)("%s %s: a change of %s replaces: %s", (name, token, input, replaces) => {
  expect(catalogue[name].resources[token]?.inputs[input]?.replaces ?? false).toBe(replaces);
});

test("secrets of the SDKs and of the schema are kept", () => {
  expect(catalogue.openstack.resources["openstack:compute/instance:Instance"]?.inputs.adminPass?.secret).toBe(true);
  expect(catalogue.openstack.resources["openstack:keymanager/secretV1:SecretV1"]?.inputs.payload?.secret).toBe(true);
  expect(catalogue.random.resources["random:index/randomPassword:RandomPassword"]?.outputs.result?.secret).toBe(true);
  expect(catalogue.ovh.resources["ovh:CloudProjectDatabase/user:User"]?.outputs.password?.secret).toBe(true);
});
