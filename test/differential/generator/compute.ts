import { nobody, put, set, some, wrong } from "./kind.ts";
import type { Inputs, Kind } from "./world.ts";

const key =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxvci1pbmZyYSBkaWZmZXJlbnRpYWwgdGVzdCAwMDAx administrator@lor.example";
const otherKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxvci1pbmZyYSBkaWZmZXJlbnRpYWwgdGVzdCAwMDAy administrator@lor.example";

const freshKey: Inputs = (_draw, world) => ({ name: `key-${world.next()}`, publicKey: key });

export const keypair: Kind = {
  type: "openstack:compute/keypair:Keypair",
  prefix: "key",
  most: 2,
  goesAnyway: () => true,
  fresh: freshKey,
  changes: [(_draw, world, now) => put(now, { name: `key-${world.next()}` }), set("publicKey", otherKey)],
  mistakes: [
    (draw, world) => wrong(freshKey(draw, world), { publicKey: "ssh-rsa not-a-key" }),
    (draw, world) => wrong(freshKey(draw, world), { publicKey: key.replace("AAAAIG", "AAAAIh") }),
    (draw, world) => wrong(freshKey(draw, world), { name: "n".repeat(256) }),
    // The same name again.
    (draw, world) => world.any(draw, "key")?.inputs,
  ],
};

const freshServerGroup: Inputs = (draw) => ({
  policies: [draw.oneOf(["soft-anti-affinity", "anti-affinity", "affinity", "soft-affinity"])],
  ...some(draw, 50, { name: "fronts" }),
});

export const serverGroup: Kind = {
  type: "openstack:compute/serverGroup:ServerGroup",
  prefix: "together",
  most: 2,
  goesAnyway: () => true,
  fresh: freshServerGroup,
  changes: [set("policies", ["anti-affinity"], ["soft-affinity"]), set("name", "renamed")],
  mistakes: [
    () => ({ policies: ["aversion"] }),
    () => ({ policies: ["affinity", "anti-affinity"] }),
    () => ({ name: "fronts" }),
    () => ({ name: "n".repeat(256), policies: ["affinity"] }),
  ],
};

const freshServer: Inputs = (draw, world) => {
  const port = world
    .of("port")
    .find(
      ({ name, inputs }) =>
        inputs.noFixedIp !== true &&
        inputs.deviceId === undefined &&
        !world.of("server").some((other) => JSON.stringify(other.inputs).includes(`"@${name}"`)),
    );
  const network = world.any(draw, "net");
  if (port === undefined && network === undefined) return undefined;
  const group = world.any(draw, "together");
  const login = world.any(draw, "key");
  return {
    name: `front-${world.next()}`,
    flavorName: draw.oneOf(["b2-7", "b2-7-flex"]),
    imageId: "@@image",
    networks: [port === undefined || draw.chance(25) ? { uuid: `@${network?.name}` } : { port: `@${port.name}` }],
    ...some(draw, 40, {
      userData: "#cloud-config\n{}\n",
      metadata: { role: "front" },
      schedulerHints: group === undefined ? undefined : [{ group: `@${group.name}` }],
      keyPair: login === undefined ? undefined : `@${login.name}`,
    }),
    ...some(draw, 15, { forceDelete: draw.chance(50), stopBeforeDestroy: draw.chance(50) }),
  };
};

export const server: Kind = {
  type: "openstack:compute/instance:Instance",
  prefix: "server",
  most: 1,
  goesAnyway: () => true,
  fresh: freshServer,
  changes: [
    set("flavorName", "b2-15", "b2-15-flex"),
    set("flavorName", "b2-15", "b2-15-flex"),
    set("name", "renamed"),
    set("metadata", { role: "rush" }, { more: "yes" }, undefined),
    set("powerState", "shutoff", "active"),
    set("userData", "#cloud-config\n{more: true}\n"),
    set("stopBeforeDestroy", true, false, undefined),
  ],
  mistakes: [
    (draw, world) => wrong(freshServer(draw, world), { flavorName: "no-such-size" }),
    (draw, world) => wrong(freshServer(draw, world), { flavorName: undefined }),
    (draw, world) => wrong(freshServer(draw, world), { imageId: nobody }),
    (draw, world) => wrong(freshServer(draw, world), { imageId: undefined }),
    (draw, world) => wrong(freshServer(draw, world), { networks: [{ port: nobody }] }),
    (draw, world) => wrong(freshServer(draw, world), { networks: [{ uuid: nobody }] }),
    (draw, world) => wrong(freshServer(draw, world), { keyPair: "no-such-key" }),
    (draw, world) => wrong(freshServer(draw, world), { schedulerHints: [{ group: nobody }] }),
    (draw, world) => wrong(freshServer(draw, world), { availabilityZone: "no-such-zone" }),
    (draw, world) => wrong(freshServer(draw, world), { name: "n".repeat(256) }),
    (draw, world) => wrong(freshServer(draw, world), { imageId: undefined, imageName: "no-such-image" }),
    // Two wrong things: which one is told?
    (draw, world) => wrong(freshServer(draw, world), { keyPair: "no-such-key", networks: [{ port: nobody }] }),
    (draw, world) => wrong(freshServer(draw, world), { keyPair: "no-such-key", schedulerHints: [{ group: nobody }] }),
    (draw, world) => wrong(freshServer(draw, world), { imageId: nobody, keyPair: "no-such-key" }),
    (_draw, world) => {
      // A port that another server has.
      const taken = world.of("server").find(({ inputs }) => JSON.stringify(inputs.networks).includes('"port"'));
      return taken === undefined
        ? undefined
        : { name: "second", flavorName: "b2-7", imageId: "@@image", networks: taken.inputs.networks };
    },
  ],
  wrongChanges: [set("flavorName", "no-such-size")],
};

export const volumeAttach: Kind = {
  type: "openstack:compute/volumeAttach:VolumeAttach",
  prefix: "attachment",
  most: 1,
  fresh: (draw, world) => {
    const owner = world.any(draw, "server");
    const free = world
      .of("volume")
      .filter(({ name }) => !world.of("attachment").some(({ inputs }) => inputs.volumeId === `@${name}`));
    if (owner === undefined || free.length === 0) return undefined;
    return { instanceId: `@${owner.name}`, volumeId: `@${draw.oneOf(free).name}` };
  },
  changes: [
    (draw, world, now) => {
      const other = world.other(draw, "volume", now.volumeId);
      return other === undefined ? undefined : put(now, { volumeId: `@${other.name}` });
    },
  ],
  mistakes: [
    (draw, world) => {
      const owner = world.any(draw, "server");
      return owner === undefined ? undefined : { instanceId: `@${owner.name}`, volumeId: nobody };
    },
    (draw, world) => {
      const found = world.any(draw, "volume");
      return found === undefined ? undefined : { instanceId: nobody, volumeId: `@${found.name}` };
    },
    // Attached already.
    (draw, world) => world.any(draw, "attachment")?.inputs,
  ],
};
