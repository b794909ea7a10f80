// Run as a process of its own by kill.test.ts, which kills it: makes, changes and deletes things through the API until it dies.
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";

const [databasePath = ""] = process.argv.slice(2);
// A million seconds in one: every deadline comes within the run, so that it also dies while deadlines are carried out.
const scale = 1_000_000;
const cloud = createLocalCloud({ databasePath, scale });

function call<T>(service: string, operation: string, name: string, work: () => T): Promise<T> {
  return cloud.perform({ api: "grpc", service, operation, name }, work).then((result) => {
    process.stdout.write(`${operation} ${name}\n`);
    return result;
  });
}

/** A real minute: the usual hour of the cloud is over in 4 ms here. */
function until(probe: () => boolean): Promise<boolean> {
  return cloud.waitUntil(probe, { timeoutSeconds: 60 * scale });
}

for (let round = 0; ; round += 1) {
  const name = (part: string): string => `${part}-${round}`;
  const network = await call("neutron", "create", name("network"), () =>
    cloud.neutron.networks.create({ name: name("network") }),
  );
  const subnet = await call("neutron", "create", name("subnet"), () =>
    cloud.neutron.subnets.create({ name: name("subnet"), networkId: network.id, cidr: "10.0.0.0/24" }),
  );
  const port = await call("neutron", "create", name("port"), () =>
    cloud.neutron.ports.create({
      name: name("port"),
      networkId: network.id,
      fixedIps: [{ subnetId: subnet.id, ipAddress: "10.0.0.50" }],
    }),
  );
  const server = await call("nova", "create", name("server"), () =>
    cloud.nova.servers.create({
      name: name("server"),
      flavorName: "b2-7-flex",
      imageName: "Debian 12",
      networks: [{ portId: port.id }, { networkId: network.id }],
    }),
  );
  const volume = await call("cinder", "create", name("volume"), () =>
    cloud.cinder.volumes.create({ name: name("volume"), size: 10 }),
  );
  await until(
    () =>
      cloud.nova.servers.get(server.id).status === "ACTIVE" &&
      cloud.cinder.volumes.get(volume.id).status === "available",
  );
  await call("nova", "update", name("attachment"), () =>
    cloud.nova.volumeAttachments.create({ serverId: server.id, volumeId: volume.id }),
  );
  await until(() => cloud.cinder.volumes.get(volume.id).status === "in-use");
  await call("nova", "delete", name("server"), () => cloud.nova.servers.delete(server.id));
  await until(() => cloud.nova.servers.list({ name: name("server") }).length === 0);
  await call("cinder", "delete", name("volume"), () => cloud.cinder.volumes.delete(volume.id));
  await call("neutron", "delete", name("port"), () => cloud.neutron.ports.delete(port.id));
  await call("neutron", "delete", name("network"), () => cloud.neutron.networks.delete(network.id));
}
