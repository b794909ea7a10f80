import { createLocalCloud } from "../../src/local-cloud/create-local-cloud.ts";
import { CloudMachines } from "../../src/local-cloud/machines/machines.ts";
import { createPart } from "../local-cloud/test-cloud.ts";

/**
 * Boots two machines in the folder of its argument, prints `booted`, and waits to be killed. One has its data volume from its start, the other
 * while it runs.
 */
const cloud = createLocalCloud({ databasePath: ":memory:", clock: "stepped", scale: 1 });
const { networkId } = createPart(cloud, 1);
const [first, second] = ["one", "two"].map((name) => {
  const image = { imageName: "Debian 12", flavorName: "b2-7-flex" };
  const { id: serverId } = cloud.nova.servers.create({ name, ...image, networks: [{ networkId }] });
  const { id: volumeId } = cloud.cinder.volumes.create({ name, size: 1, volumeType: "high-speed" });
  return () => {
    cloud.nova.volumeAttachments.create({ serverId, volumeId });
    cloud.clock.step(200);
  };
});
cloud.clock.step(200);
first?.();
const folder = process.argv[2] ?? "";
const machines = await CloudMachines.start({ cloud, folder, env: process.env, onProgress: () => undefined });
await machines.settled();
second?.();
await machines.settled();
console.log("booted");
setInterval(() => undefined, 60_000);
