import { copyFileSync, mkdirSync } from "node:fs";
import { renderIni } from "../ini.ts";
import { socketFolder } from "../ovn/ovn.ts";
import { address, computeHosts, loopback, type Place, ports, region } from "../place.ts";
import { beside, startModule, startScript } from "../python.ts";
import { accountOf, database, databaseUrl, messageBus, messaging, tokenCheck } from "../sections.ts";
import type { Lab, Service } from "../service.ts";
import { startWsgi } from "../wsgi.ts";

/** Real API, scheduler, conductor and compute managers; the hypervisor below them is Nova's own pretended one. */
export const nova: Service = {
  name: "nova",
  packages: ["python3-nova", "nova-common", "dmidecode"],
  databases: ["nova_api", "nova", "nova_cell0"],
  catalogue: [{ type: "compute", name: "nova", url: `${address("nova")}/v2.1` }],
  answersAt: `${address("nova")}/`,
  configure,
  initialise,
  start,
};

function configuration(place: Place): string {
  return place.etc("nova/nova.conf");
}

function configure(place: Place): void {
  mkdirSync(place.data("nova/locks"), { recursive: true });
  place.write(
    "nova/nova.conf",
    renderIni({
      DEFAULT: {
        my_ip: loopback,
        state_path: place.data("nova"),
        transport_url: messageBus,
        compute_driver: "fake_hypervisor.SwitchedFakeDriver",
        // Three hosts only: with a server on each, a resize must be allowed to stay where it is.
        allow_resize_to_same_host: true,
        // The pretended guests live in memory: after a start they are brought back.
        resume_guests_state_on_host_boot: true,
        enabled_apis: "osapi_compute",
        osapi_compute_listen: loopback,
        osapi_compute_listen_port: ports.nova,
        rpc_response_timeout: 60,
        cpu_allocation_ratio: 1.0,
        // The driver plugs a port after its guest has started, so Nova must not wait for the port before.
        vif_plugging_is_fatal: false,
        vif_plugging_timeout: 0,
        sync_power_state_interval: 30,
      },
      api: { auth_strategy: "keystone" },
      api_database: database("nova_api"),
      database: database("nova"),
      ...messaging,
      keystone_authtoken: tokenCheck("nova"),
      service_user: { send_service_user_token: true, ...accountOf("nova") },
      conductor: { workers: 1 },
      scheduler: { workers: 1, discover_hosts_in_cells_interval: 15 },
      filter_scheduler: {
        enabled_filters: [
          ...["ComputeFilter", "ComputeCapabilitiesFilter", "ImagePropertiesFilter", "SameHostFilter"],
          ...["ServerGroupAntiAffinityFilter", "ServerGroupAffinityFilter", "DifferentHostFilter"],
        ].join(","),
      },
      placement: accountOf("placement"),
      neutron: accountOf("neutron"),
      glance: { api_servers: address("glance") },
      cinder: { os_region_name: region, catalog_info: "volumev3::publicURL" },
      key_manager: { backend: "nova.keymgr.conf_key_mgr.ConfKeyManager", fixed_key: "0".repeat(64) },
      oslo_concurrency: { lock_path: place.data("nova/locks") },
      wsgi: { api_paste_config: place.etc("nova/api-paste.ini") },
      quota: {
        instances: -1,
        cores: -1,
        ram: -1,
        key_pairs: -1,
        server_groups: -1,
        server_group_members: -1,
      },
    }),
  );
  // The API looks for it beside nova.conf.
  copyFileSync("/etc/nova/api-paste.ini", place.etc("nova/api-paste.ini"));
  for (const host of computeHosts) {
    mkdirSync(place.data(`nova/${host}/instances`), { recursive: true });
    place.write(`nova/${host}.conf`, renderIni({ DEFAULT: { host, state_path: place.data(`nova/${host}`) } }));
  }
}

async function initialise({ place, commands }: Lab): Promise<void> {
  const manage = (...args: string[]) =>
    commands.run("nova-manage", "nova-manage", ["--config-file", configuration(place), ...args]);
  await manage("api_db", "sync");
  await manage("cell_v2", "map_cell0", "--database_connection", databaseUrl("nova_cell0"));
  await manage("db", "sync");
  await manage("cell_v2", "create_cell", "--name", "cell1");
}

function start(lab: Lab): void {
  const common = ["--config-file", configuration(lab.place)];
  startWsgi(lab, {
    name: "nova",
    file: "/usr/bin/nova-api-wsgi",
    processes: 2,
    env: `OS_NOVA_CONFIG_DIR=${lab.place.etc("nova")}`,
  });
  startModule(lab, "nova-conductor", "nova.cmd.conductor", common);
  startModule(lab, "nova-scheduler", "nova.cmd.scheduler", common);
  for (const host of computeHosts) {
    const own = ["--config-file", lab.place.etc(`nova/${host}.conf`)];
    const script = beside(import.meta.url, "./nova_compute.py");
    startScript(lab, `nova-compute-${host}`, script, [...common, ...own], {
      env: { LOR_INFRA_SWITCH_DATABASE: `unix:${socketFolder(lab.place, host)}/db.sock` },
    });
  }
}
