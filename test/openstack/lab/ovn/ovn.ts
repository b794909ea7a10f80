import { existsSync, mkdirSync } from "node:fs";
import { computeHosts, loopback, type Place, ports } from "../place.ts";
import type { Lab } from "../service.ts";
import { waitUntil } from "../wait.ts";

/**
 * Neutron's backend: the real northbound and southbound databases, the real translator between them, and for each compute host a real
 * Open vSwitch with a real controller. Only the packets are missing.
 */
export const packages = ["ovn-common", "ovn-central", "ovn-host", "openvswitch-switch"];

/** One bridge for each physical network: two networks on one bridge would share their VLANs. */
const bridges = { physnet1: "br-ex", vrack: "br-vrack" };
const bridgeMappings = Object.entries(bridges)
  .map(([network, bridge]) => `${network}:${bridge}`)
  .join(",");

/** Folder of the sockets of the central part, or of one host. */
export function socketFolder(place: Place, host?: string): string {
  return place.run(host === undefined ? "ovn" : `ovn/${host}`);
}

export async function start(lab: Lab): Promise<void> {
  const central = socketFolder(lab.place);
  mkdirSync(central, { recursive: true });
  mkdirSync(lab.place.data("ovn"), { recursive: true });
  await Promise.all([startDatabase(lab, "nb", ports.ovnNorth), startDatabase(lab, "sb", ports.ovnSouth)]);
  await lab.commands.run("ovn", "ovn-nbctl", [`--db=unix:${central}/nb.sock`, "--no-wait", "init"]);
  await lab.commands.run("ovn", "ovn-sbctl", [`--db=unix:${central}/sb.sock`, "init"]);
  lab.daemons.start("ovn-northd", "ovn-northd", [
    `--ovnnb-db=unix:${central}/nb.sock`,
    `--ovnsb-db=unix:${central}/sb.sock`,
    `--unixctl=${central}/northd.ctl`,
    "-vconsole:warn",
  ]);
  for (const [index, host] of computeHosts.entries()) await startHost(lab, host, index);
  for (const host of computeHosts) await publishMappings(lab, host);
}

async function startDatabase({ place, daemons, commands }: Lab, name: "nb" | "sb", port: number): Promise<void> {
  const file = place.data(`ovn/${name}.db`);
  const sockets = socketFolder(place);
  if (!existsSync(file)) {
    await commands.run("ovn", "ovsdb-tool", ["create", file, `/usr/share/ovn/ovn-${name}.ovsschema`]);
  }
  daemons.start(`ovn-${name}`, "ovsdb-server", [
    file,
    `--remote=punix:${sockets}/${name}.sock`,
    `--remote=ptcp:${port}:${loopback}`,
    `--unixctl=${sockets}/${name}.ctl`,
    "-vconsole:warn",
  ]);
  await waitUntil({ what: `OVN's database ${name} answers` }, async () => existsSync(`${sockets}/${name}.sock`));
}

async function startHost({ place, daemons, commands }: Lab, host: string, index: number): Promise<void> {
  const sockets = socketFolder(place, host);
  const file = place.data(`ovn/${host}.db`);
  mkdirSync(sockets, { recursive: true });
  if (!existsSync(file)) {
    await commands.run("ovn", "ovsdb-tool", ["create", file, "/usr/share/openvswitch/vswitch.ovsschema"]);
  }
  const database = `unix:${sockets}/db.sock`;
  daemons.start(`ovsdb-${host}`, "ovsdb-server", [
    file,
    `--remote=punix:${sockets}/db.sock`,
    `--unixctl=${sockets}/ovsdb.ctl`,
    "-vconsole:warn",
  ]);
  await waitUntil({ what: `the switch database of ${host} answers` }, async () => existsSync(`${sockets}/db.sock`));
  const settings = {
    "system-id": host,
    hostname: host,
    "ovn-remote": `unix:${socketFolder(place)}/sb.sock`,
    "ovn-encap-type": "geneve",
    "ovn-encap-ip": `127.0.0.1${index + 1}`,
    "ovn-bridge-mappings": bridgeMappings,
    "ovn-cms-options": gatewayOption(host),
  };
  await commands.run("ovn", "ovs-vsctl", [
    `--db=${database}`,
    "--no-wait",
    "init",
    ...["--", "set", "Open_vSwitch", ".", "system-version=lab"],
    ...Object.entries(settings).map(([key, value]) => `external_ids:${key}=${quoted(value)}`),
    ...["br-int", ...Object.values(bridges)].flatMap((bridge) => ["--", "--may-exist", "add-br", bridge]),
  ]);
  const env = { OVS_RUNDIR: sockets, OVN_RUNDIR: sockets };
  // Dummy devices instead of the system's: no kernel module, and the machine's own network is not touched.
  const inUserSpace = ["--enable-dummy=override", "--disable-system", "--disable-system-route"];
  const control = ["--unixctl", `${sockets}/vswitchd.ctl`, "-vconsole:warn"];
  daemons.start(`vswitchd-${host}`, "ovs-vswitchd", [...inUserSpace, database, ...control], { env });
  daemons.start(`ovn-controller-${host}`, "ovn-controller", [database, "-vconsole:warn"], { env });
}

/**
 * One host alone is a gateway: with more, the controllers wait until they hear of each other over their tunnels, which carry nothing here,
 * and nobody takes the gateway's port.
 */
function gatewayOption(host: string): string {
  return host === computeHosts[0] ? "enable-chassis-as-gw" : "none";
}

/** OVN 23.03 publishes these under `other_config`; Neutron 21 still looks under `external_ids`. */
async function publishMappings({ place, commands }: Lab, host: string): Promise<void> {
  const arguments_ = [
    `--db=unix:${socketFolder(place)}/sb.sock`,
    ...["set", "Chassis", host],
    `external_ids:ovn-cms-options=${quoted(gatewayOption(host))}`,
    `external_ids:ovn-bridge-mappings=${quoted(bridgeMappings)}`,
  ];
  // The controller enters its host after it has started.
  await waitUntil({ what: `${host} is known to OVN` }, () => commands.succeeds("ovn", "ovn-sbctl", arguments_));
}

function quoted(value: string): string {
  return `"${value}"`;
}
