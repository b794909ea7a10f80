import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { extensionsVariable } from "../os/extensions.ts";
import { host, systemClock } from "../os/host.ts";
import { thisProcess } from "../os/process-identity.ts";
import { createLocalCloud } from "./create-local-cloud.ts";
import { startHttpApi } from "./http/http-server.ts";
import { claimFolder } from "./kernel/folder-claim.ts";
import { authorityFileName } from "./kernel/runtime.ts";
import { removeRuntime, writeRuntime } from "./kernel/runtime-file.ts";
import { ensureTlsFile } from "./kernel/tls-certificate.ts";
import { CertificateAuthority } from "./machines/services/certificate-authority.ts";
import { startDnsServer } from "./ovhcloud/zones/dns-server.ts";
import { startProviders } from "./provider/start-providers.ts";
import { loadSimulators, openSimulators } from "./simulators.ts";
import { defaultPortOffset } from "./traffic/address.ts";
import { startTraffic } from "./traffic/start.ts";

/** Exit code when a local cloud already runs in this folder; the caller can use that one. */
const exitFolderTaken = 75;

const { values: options } = parseArgs({
  options: {
    folder: { type: "string" },
    scale: { type: "string", default: "100" },
    "port-offset": { type: "string", default: String(defaultPortOffset) },
    hosts: { type: "string" },
    machines: { type: "boolean", default: false },
    releases: { type: "string" },
    "s3-server": { type: "string" },
  },
});
if (options.folder === undefined) throw new Error("--folder is missing");
const folder = options.folder;
const extensions = process.env[extensionsVariable] ?? "";

const claim = claimFolder(folder);
if (claim === undefined) process.exit(exitFolderTaken);

// A signal during the start is honoured too: everything opened so far is closed.
const stopped = Promise.withResolvers<void>();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopped.resolve());

const scale = Number(options.scale);
const cloud = createLocalCloud({
  databasePath: join(folder, "cloud.sqlite"),
  scale,
  ...(options.hosts === undefined ? {} : { hosts: Number(options.hosts) }),
});
const simulators = openSimulators(cloud, await loadSimulators(extensions));
const instanceCertificate = readFileSync(ensureTlsFile(folder, systemClock.now()));
const machines = options.machines ? await startMachines() : undefined;
// A machine that boots answers a monitor in real time, whatever the cloud's own durations are divided by.
const trafficScale = machines === undefined ? scale : 1;
const traffic = startTraffic(
  cloud,
  { portOffset: Number(options["port-offset"]), scale: trafficScale, instanceCertificate },
  machines,
);
const token = Buffer.from(host().randomBytes(24)).toString("base64url");
const authority = openAuthority();
const api = await startHttpApi({ cloud, traffic: traffic.traffic, machines, apis: simulators.apis, token, authority });
const dns = await startDnsServer(cloud.ovhZones);
const providers = await startProviders(cloud, simulators.packages);
await traffic.traffic.refresh();
writeRuntime(folder, {
  version: 1,
  ...thisProcess(),
  providers: providers.ports,
  httpUrl: api.url,
  ...(api.secureUrl === undefined ? {} : { secureUrl: api.secureUrl }),
  dnsServer: dns.address,
  token,
  trafficPortOffset: Number(options["port-offset"]),
  extensions,
  machines: machines !== undefined,
});

await stopped.promise;
removeRuntime(folder, host().pid);
providers.close();
await Promise.all([traffic.close(), api.close(), dns.close()]);
await machines?.stop();
cloud.close();
claim[Symbol.dispose]();
process.exit(0);

/** Machines trust the one in their own folder, which their databases have as well. */
function openAuthority(): CertificateAuthority {
  const place = options.machines ? join(folder, "machines", "services") : folder;
  const opened = CertificateAuthority.open(join(place, "authority"), () => systemClock.now());
  writeFileSync(join(folder, authorityFileName), opened.certificate);
  return opened;
}

async function startMachines() {
  const { CloudMachines } = await import("./machines/machines.ts");
  return await CloudMachines.start({
    cloud,
    folder: join(folder, "machines"),
    releases: options.releases,
    s3Program: options["s3-server"],
    env: process.env,
    onProgress: (text) => console.error(text),
  });
}
