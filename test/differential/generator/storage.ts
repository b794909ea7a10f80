import { put, set, some, wrong } from "./kind.ts";
import type { Inputs, Kind } from "./world.ts";

const freshVolume: Inputs = (draw) => ({
  size: draw.number(1, 3),
  ...some(draw, 35, {
    name: draw.oneOf(["data", "données"]),
    description: "of the shop",
    metadata: draw.oneOf([{ use: "shop" }, { use: "shop", kind: "data" }]),
    enableOnlineResize: draw.chance(70),
    volumeType: "classic",
  }),
});

export const volume: Kind = {
  type: "openstack:blockstorage/volume:Volume",
  prefix: "volume",
  most: 3,
  goesAnyway: () => true,
  fresh: freshVolume,
  changes: [
    set("name", "renamed"),
    set("description", "changed", undefined),
    set("metadata", { use: "rush" }, { use: "shop", more: "yes" }, undefined),
    (draw, _world, now) => put(now, { size: Number(now.size) + draw.number(1, 2) }),
    set("enableOnlineResize", true, false),
  ],
  mistakes: [
    (draw, world) => wrong(freshVolume(draw, world), { size: 0 }),
    (draw, world) => wrong(freshVolume(draw, world), { size: -1 }),
    (draw, world) => wrong(freshVolume(draw, world), { size: undefined }),
    (draw, world) => wrong(freshVolume(draw, world), { size: "large" }),
    (draw, world) => wrong(freshVolume(draw, world), { volumeType: "no-such-type" }),
    (draw, world) => wrong(freshVolume(draw, world), { availabilityZone: "no-such-zone" }),
    (draw, world) => wrong(freshVolume(draw, world), { name: "n".repeat(256) }),
    (draw, world) => wrong(freshVolume(draw, world), { description: "n".repeat(256) }),
    // Two wrong things: which one is told?
    (draw, world) => wrong(freshVolume(draw, world), { volumeType: "no-such-type", availabilityZone: "no-such-zone" }),
    (draw, world) => wrong(freshVolume(draw, world), { size: 1000, availabilityZone: "no-such-zone" }),
    (draw, world) => wrong(freshVolume(draw, world), { size: 1000, volumeType: "no-such-type" }),
  ],
  wrongChanges: [(_draw, _world, now) => put(now, { size: Math.max(Number(now.size) - 1, 0) })],
};

const freshContainer: Inputs = (draw, world) => ({
  name: `shop-${world.next()}`,
  ...some(draw, 30, {
    metadata: { use: "shop" },
    containerRead: ".r:*",
    containerWrite: "*:*",
    versioning: draw.chance(50),
    forceDestroy: draw.chance(70),
    contentType: "text/plain",
  }),
});

export const container: Kind = {
  type: "openstack:objectstorage/container:Container",
  prefix: "container",
  most: 2,
  goesAnyway: ({ inputs }) => inputs.forceDestroy === true,
  fresh: freshContainer,
  changes: [
    set("metadata", { use: "rush" }, { more: "yes" }, undefined),
    set("containerRead", ".r:*", undefined),
    set("forceDestroy", true, false),
    set("versioning", true, false, undefined),
    set("containerWrite", "*:*", undefined),
    set("contentType", "text/plain", undefined),
    (_draw, world, now) => put(now, { name: `other-${world.next()}` }),
  ],
  mistakes: [(draw, world) => wrong(freshContainer(draw, world), { name: "n".repeat(257) })],
};

const freshObject: Inputs = (draw, world) => {
  const inside = world.any(draw, "container");
  if (inside === undefined) return undefined;
  return {
    containerName: `@${inside.name}.name`,
    name: `document-${world.next()}`,
    content: draw.oneOf(["{}", "déjà vu", "large: true\n"]),
    ...some(draw, 35, { contentType: "application/json", metadata: { use: "shop" } }),
  };
};

export const object: Kind = {
  type: "openstack:objectstorage/containerObject:ContainerObject",
  prefix: "object",
  most: 3,
  fresh: freshObject,
  changes: [
    set("content", "changed", "changed again"),
    set("contentType", "text/plain", undefined),
    set("metadata", { use: "rush" }, undefined),
    (_draw, world, now) => put(now, { name: `document-${world.next()}` }),
  ],
  mistakes: [
    (draw, world) => wrong(freshObject(draw, world), { containerName: "no-such-container" }),
    (draw, world) => wrong(freshObject(draw, world), { containerName: undefined }),
    (draw, world) => wrong(freshObject(draw, world), { content: undefined }),
  ],
};

const freshSecret: Inputs = (draw, world) => ({
  name: `secret-${world.next()}`,
  ...draw.oneOf([
    { payload: "certificate", payloadContentType: "text/plain" },
    {
      payload: "Y2VydGlmaWNhdGU=",
      payloadContentType: "application/octet-stream",
      payloadContentEncoding: "base64",
    },
  ]),
  ...some(draw, 35, { secretType: draw.oneOf(["passphrase", "opaque"]) }),
  ...some(draw, 20, { algorithm: "aes", bitLength: 256, mode: "cbc" }),
});

export const secret: Kind = {
  type: "openstack:keymanager/secretV1:SecretV1",
  prefix: "secret",
  most: 2,
  fresh: freshSecret,
  changes: [set("name", "renamed"), set("payload", "bmV3ZXI=")],
  mistakes: [
    (draw, world) => wrong(freshSecret(draw, world), { payloadContentType: "text/martian" }),
    (draw, world) => wrong(freshSecret(draw, world), { secretType: "rumour" }),
    (draw, world) => wrong(freshSecret(draw, world), { expiration: "2001-01-01T00:00:00Z" }),
    (draw, world) => wrong(freshSecret(draw, world), { bitLength: -1 }),
    (_draw, world) => ({
      name: `secret-${world.next()}`,
      payload: "no base64!",
      payloadContentType: "application/octet-stream",
      payloadContentEncoding: "base64",
    }),
    (_draw, world) => ({ name: `secret-${world.next()}`, payload: "x" }),
  ],
};
