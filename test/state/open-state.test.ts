import { expect, it } from "vitest";
import { parseStateBackend, s3Url } from "../../src/domain/state-backend.ts";
import { openState } from "../../src/state/open-state.ts";
import { type CloudKind, stackFolder } from "../../src/state/stack-folder.ts";

const env = { AWS_ACCESS_KEY_ID: "atelier", AWS_SECRET_ACCESS_KEY: "planted" };
const bucket = "s3://lor-state/shop?region=gra&endpoint=https%3A%2F%2Fs3.example&s3ForcePathStyle=true";

async function placesOf(backend: string, cloud: CloudKind, localCloudToo = false) {
  const settings = { backend: parseStateBackend(backend), localCloudToo };
  const folder = stackFolder("/home/anne/shop/.lor-infra", cloud, "prod");
  const state = await openState({ settings, folder, project: "lor", env });
  return { files: state.files.where("lock"), backend: state.backend.where(""), url: state.backendUrl };
}

it("is in the state folder of this machine by default, and for the local cloud unless it is asked for", async () => {
  const home = "/home/anne/shop/.lor-infra";
  expect(await placesOf("folder", "ovh")).toEqual({
    files: `${home}/ovh/stacks/prod/lock`,
    backend: `${home}/ovh/backend`,
    url: `file://${home}/ovh/backend?metadata=skip`,
  });
  for (const shared of ["file:///mnt/shop", bucket]) {
    expect(await placesOf(shared, "local")).toEqual(await placesOf("folder", "local"));
  }
});

it("is apart for each project and cloud in a folder that several machines see, and in a bucket", async () => {
  expect(await placesOf("file:///mnt/our%20shop/", "ovh")).toEqual({
    files: "/mnt/our shop/lor/ovh/stacks/prod/lock",
    backend: "/mnt/our shop/lor/ovh/backend",
    url: "file:///mnt/our%20shop/lor/ovh/backend?metadata=skip",
  });
  expect(await placesOf(bucket, "ovh")).toEqual({
    files: "s3://lor-state/shop/lor/ovh/stacks/prod/lock",
    backend: "s3://lor-state/shop/lor/ovh/backend",
    url: "s3://lor-state/shop/lor/ovh/backend?region=gra&endpoint=https%3A%2F%2Fs3.example&s3ForcePathStyle=true",
  });
  expect((await placesOf(bucket, "local", true)).backend).toBe("s3://lor-state/shop/lor/local/backend");
});

it("of a bucket reads what it writes as a URL", () => {
  const backend = parseStateBackend(bucket);
  if (backend.kind !== "s3") throw new Error("no bucket");
  expect(parseStateBackend(s3Url(backend, ""))).toEqual(backend);
});
