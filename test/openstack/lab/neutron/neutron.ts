import { readFileSync } from "node:fs";
import { renderIni } from "../ini.ts";
import { address, loopback, type Place, ports } from "../place.ts";
import { beside } from "../python.ts";
import { accountOf, database, locks, messageBus, messaging, tokenCheck } from "../sections.ts";
import type { Service } from "../service.ts";

/** Real API on a real OVN. Tenants get Geneve networks, also where they ask for OVHcloud's type `vrack`; `physnet1` is the outside. */
export const neutron: Service = {
  name: "neutron",
  packages: ["python3-neutron", "neutron-common"],
  databases: ["neutron"],
  catalogue: [{ type: "network", name: "neutron", url: address("neutron") }],
  answersAt: `${address("neutron")}/`,
  configure,
  initialise: async ({ place, commands }) => {
    await commands.run("neutron-db-manage", "neutron-db-manage", [...configuration(place), "upgrade", "heads"]);
  },
  start: ({ place, daemons }) =>
    daemons.start("neutron-server", "neutron-server", configuration(place), {
      env: { PYTHONPATH: beside(import.meta.url, "./api") },
    }),
};

function configuration(place: Place): string[] {
  return ["neutron/neutron.conf", "neutron/ml2.ini"].flatMap((file) => ["--config-file", place.etc(file)]);
}

/** Debian's own, and in it what OVHcloud's Neutron has besides. */
function pipeline(): string {
  const text = readFileSync("/etc/neutron/api-paste.ini", "utf8").replaceAll(
    "keystonecontext extensions",
    "keystonecontext vrack extensions",
  );
  return `${text}\n[filter:vrack]\npaste.filter_factory = vrack_networks:filter_factory\n`;
}

function configure(place: Place): void {
  place.write(
    "neutron/neutron.conf",
    renderIni({
      DEFAULT: {
        bind_host: loopback,
        bind_port: ports.neutron,
        core_plugin: "ml2",
        service_plugins: "ovn-router,qos,trunk",
        api_paste_config: place.write("neutron/api-paste.ini", pipeline()),
        state_path: place.data("neutron"),
        transport_url: messageBus,
        api_workers: 2,
        rpc_workers: 0,
        rpc_state_report_workers: 0,
        auth_strategy: "keystone",
        notify_nova_on_port_status_changes: true,
        notify_nova_on_port_data_changes: true,
        // A paused machine is no reason to declare a host dead.
        agent_down_time: 86400,
      },
      database: database("neutron"),
      ...messaging,
      keystone_authtoken: tokenCheck("neutron"),
      nova: accountOf("nova"),
      placement: accountOf("placement"),
      quotas: {
        quota_network: -1,
        quota_subnet: -1,
        quota_port: -1,
        quota_router: -1,
        quota_floatingip: -1,
        quota_security_group: -1,
        quota_security_group_rule: -1,
      },
      oslo_concurrency: locks(place),
    }),
  );
  place.write(
    "neutron/ml2.ini",
    renderIni({
      ml2: {
        type_drivers: "local,flat,vlan,geneve",
        tenant_network_types: "geneve",
        mechanism_drivers: "ovn",
        extension_drivers: "port_security,qos",
        overlay_ip_version: 4,
      },
      ml2_type_flat: { flat_networks: "physnet1" },
      ml2_type_vlan: { network_vlan_ranges: "vrack:1:4000" },
      // OVN refuses a smaller header.
      ml2_type_geneve: { vni_ranges: "1:65000", max_header_size: 38 },
      securitygroup: { enable_security_group: true },
      ovn: {
        ovn_nb_connection: `tcp:${loopback}:${ports.ovnNorth}`,
        ovn_sb_connection: `tcp:${loopback}:${ports.ovnSouth}`,
        ovn_l3_scheduler: "leastloaded",
        // No guest runs that would ask for it.
        ovn_metadata_enabled: false,
        enable_distributed_floating_ip: false,
      },
    }),
  );
}
