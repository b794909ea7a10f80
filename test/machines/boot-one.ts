import { createLocalCloud } from "../../src/local-cloud/create-local-cloud.ts";
import { CloudMachines } from "../../src/local-cloud/machines/machines.ts";
import { createPart } from "../local-cloud/test-cloud.ts";

/** Boots one machine with a data volume in the folder of its argument, prints `booted`, and waits to be killed. */
const cloud = createLocalCloud({ databasePath: ":memory:", clock: "stepped", scale: 1 });
const { networkId } = createPart(cloud, 1);
const { id } = cloud.nova.servers.create({
  name: "box",
  imageName: "Debian 12",
  flavorName: "b2-7-flex",
  networks: [{ networkId }],
});
const volume = cloud.cinder.volumes.create({ name: "box-data", size: 1, volumeType: "high-speed" });
cloud.clock.step(200);
cloud.nova.volumeAttachments.create({ serverId: id, volumeId: volume.id });
cloud.clock.step(200);
const folder = process.argv[2] ?? "";
const machines = await CloudMachines.start({ cloud, folder, env: process.env, onProgress: () => undefined });
await machines.settled();
console.log("booted");
setInterval(() => undefined, 60_000);
