import { existsSync, readFileSync } from "node:fs";
import type { AdminApi } from "../admin-api.ts";
import { renderIni } from "../ini.ts";
import { address, loopback, type Place, password, ports, region } from "../place.ts";
import { beside, startScript } from "../python.ts";
import { accountOf, database, messageBus, messaging, tokenCheck } from "../sections.ts";
import type { Lab, Service } from "../service.ts";
import { startWsgi } from "../wsgi.ts";

/**
 * Real API, worker and health manager. Each load balancer boots a machine as in a real cloud, here on the pretended hypervisor; what would be sent
 * to that machine is dropped. What its agent would report is reported by machines/heartbeats.py, from what Nova says of the guests.
 */
export const octavia: Service = {
  name: "octavia",
  packages: ["python3-octavia", "octavia-common", "openssl"],
  databases: ["octavia"],
  catalogue: [{ type: "load-balancer", name: "octavia", url: address("octavia") }],
  answersAt: `${address("octavia")}/`,
  configure,
  initialise: async ({ place, commands }) => {
    await makeAuthority({ place, commands });
    await commands.run("octavia-db-manage", "octavia-db-manage", [
      ...["--config-file", configuration(place)],
      ...["upgrade", "head"],
    ]);
  },
  start,
};

/** Reports are signed with it. */
const heartbeatKey = "on-loopback-only";

const secondsBetweenHeartbeats = 2;

/** What the load balancers' machines are made with. */
interface MachineParts {
  readonly network: string;
  readonly securityGroup: string;
}

function configuration(place: Place): string {
  return place.etc("octavia/octavia.conf");
}

function partsFile(place: Place): string {
  return place.etc("octavia/machine-parts.json");
}

export function hasMachineParts(place: Place): boolean {
  return existsSync(partsFile(place));
}

/** Makes the network, the flavor and the image of the load balancers' machines; once, when the other services are up. */
export async function makeMachineParts(place: Place, admin: AdminApi, own: AdminApi): Promise<void> {
  const network = await own.create("neutron", "network", { name: "lb-mgmt" });
  await own.create("neutron", "subnet", {
    name: "lb-mgmt",
    network_id: network.id,
    ip_version: 4,
    cidr: "172.31.0.0/20",
    gateway_ip: null,
  });
  const securityGroup = await own.create("neutron", "security-group", { name: "lb-mgmt" });
  await admin.create("nova", "flavor", {
    id: "lb-machine",
    name: "lb-machine",
    vcpus: 1,
    ram: 256,
    disk: 1,
    "os-flavor-access:is_public": false,
  });
  await admin.uploadImage({ name: "lb-machine", tags: ["lb-machine"], visibility: "private" });
  const parts: MachineParts = { network: network.id, securityGroup: securityGroup.id };
  place.write("octavia/machine-parts.json", JSON.stringify(parts));
  configure(place);
}

function configure(place: Place): void {
  const parts = hasMachineParts(place)
    ? (JSON.parse(readFileSync(partsFile(place), "utf8")) as MachineParts)
    : { network: "", securityGroup: "" };
  place.write(
    "octavia/octavia.conf",
    renderIni({
      DEFAULT: { transport_url: messageBus },
      api_settings: {
        bind_host: loopback,
        bind_port: ports.octavia,
        auth_strategy: "keystone",
        api_base_uri: address("octavia"),
        enabled_provider_drivers: "amphora:machines,octavia:another name of amphora",
        default_provider_driver: "amphora",
        allow_tls_terminated_listeners: true,
      },
      database: database("octavia"),
      ...messaging,
      keystone_authtoken: tokenCheck("octavia"),
      service_auth: accountOf("octavia"),
      health_manager: {
        bind_ip: loopback,
        bind_port: ports.octaviaHealth,
        heartbeat_key: heartbeatKey,
        controller_ip_port_list: `${loopback}:${ports.octaviaHealth}`,
        health_update_threads: 1,
        stats_update_threads: 1,
        // Later than that after its arrival a report is thrown away; this machine is a slow one.
        heartbeat_interval: 60,
        // A paused machine is no reason to build every load balancer anew.
        heartbeat_timeout: 86400,
      },
      controller_worker: {
        amphora_driver: "amphora_noop_driver",
        compute_driver: "compute_nova_driver",
        network_driver: "allowed_address_pairs_driver",
        volume_driver: "volume_noop_driver",
        image_driver: "image_glance_driver",
        amp_image_tag: "lb-machine",
        amp_flavor_id: "lb-machine",
        amp_boot_network_list: parts.network,
        amp_secgroup_list: parts.securityGroup,
        loadbalancer_topology: "SINGLE",
        amp_active_retries: 60,
        amp_active_wait_sec: 1,
        workers: 1,
        client_ca: place.etc("octavia/ca.pem"),
      },
      networking: { port_detach_timeout: 10 },
      certificates: {
        cert_generator: "local_cert_generator",
        cert_manager: "barbican_cert_manager",
        barbican_auth: "barbican_acl_auth",
        region_name: region,
        ca_certificate: place.etc("octavia/ca.pem"),
        ca_private_key: place.etc("octavia/ca.key"),
        ca_private_key_passphrase: password,
        // Exactly 32 characters, as the cipher wants.
        server_certs_key_passphrase: "thirty-two-characters-in-all-000",
      },
      task_flow: { engine: "parallel", max_workers: 5 },
      oslo_messaging: { topic: "octavia" },
      glance: { region_name: region },
      neutron: { region_name: region },
      nova: { region_name: region, enable_anti_affinity: false },
      cinder: { region_name: region },
    }),
  );
}

/** Signs the certificates of the machines. Octavia insists on a key with a passphrase. */
async function makeAuthority({ place, commands }: Pick<Lab, "place" | "commands">): Promise<void> {
  await commands.run("openssl", "openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-days", "3650", "-subj", "/CN=openstack-on-loopback"],
    ...["-passout", `pass:${password}`],
    ...["-keyout", place.etc("octavia/ca.key"), "-out", place.etc("octavia/ca.pem")],
  ]);
}

function start(lab: Lab): void {
  const file = configuration(lab.place);
  startWsgi(lab, {
    name: "octavia",
    file: "/usr/bin/octavia-wsgi",
    processes: 2,
    arguments: `--config-file=${file}`,
  });
  lab.daemons.start("octavia-worker", "octavia-worker", ["--config-file", file]);
  lab.daemons.start("octavia-health-manager", "octavia-health-manager", ["--config-file", file]);
  startScript(lab, "octavia-heartbeats", beside(import.meta.url, "./machines/heartbeats.py"), [
    lab.place.write(
      "octavia/heartbeats.json",
      JSON.stringify({
        key: heartbeatKey,
        host: loopback,
        port: ports.octaviaHealth,
        seconds: secondsBetweenHeartbeats,
        database: { host: loopback, port: ports.mariadb, user: "lab", password },
      }),
    ),
  ]);
}
