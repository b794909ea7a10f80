import { mkdirSync } from "node:fs";
import { renderIni } from "../ini.ts";
import { address, loopback, type Place, ports } from "../place.ts";
import { beside, startModule } from "../python.ts";
import { accountOf, database, locks, messageBus, messaging, tokenCheck } from "../sections.ts";
import type { Lab, Service } from "../service.ts";
import { startWsgi } from "../wsgi.ts";

const url = `${address("cinder")}/v3/%(project_id)s`;

export const cinder: Service = {
  name: "cinder",
  packages: ["python3-cinder", "cinder-common"],
  databases: ["cinder"],
  catalogue: [
    { type: "volumev3", name: "cinderv3", url },
    { type: "block-storage", name: "cinder", url },
  ],
  answersAt: `${address("cinder")}/`,
  configure,
  initialise: async ({ place, commands }) => {
    await commands.run("cinder-manage", "cinder-manage", ["--config-file", configuration(place), "db", "sync"]);
  },
  start,
};

function configuration(place: Place): string {
  return place.etc("cinder/cinder.conf");
}

function configure(place: Place): void {
  for (const folder of ["volumes", "backups"]) mkdirSync(place.data(`cinder/${folder}`), { recursive: true });
  place.write(
    "cinder/cinder.conf",
    renderIni({
      DEFAULT: {
        my_ip: loopback,
        host: "lab",
        transport_url: messageBus,
        state_path: place.data("cinder"),
        api_paste_config: "/etc/cinder/api-paste.ini",
        resource_query_filters_file: "/etc/cinder/resource_filters.json",
        rootwrap_config: "/etc/cinder/rootwrap.conf",
        auth_strategy: "keystone",
        osapi_volume_listen: loopback,
        osapi_volume_listen_port: ports.cinder,
        enabled_backends: "sparse",
        default_volume_type: "classic",
        glance_api_servers: address("glance"),
        backup_driver: "cinder.backup.drivers.posix.PosixBackupDriver",
        backup_posix_path: place.data("cinder/backups"),
        backup_file_size: 1998848,
        backup_compression_algorithm: "none",
        quota_volumes: -1,
        quota_snapshots: -1,
        quota_gigabytes: -1,
        quota_backups: -1,
        quota_backup_gigabytes: -1,
      },
      sparse: {
        volume_driver: "sparse_file_driver.SparseFileDriver",
        volume_backend_name: "sparse",
        sparse_files_folder: place.data("cinder/volumes"),
      },
      database: database("cinder"),
      ...messaging,
      keystone_authtoken: tokenCheck("cinder"),
      nova: accountOf("nova"),
      service_user: { send_service_user_token: true, ...accountOf("cinder") },
      key_manager: { backend: "cinder.keymgr.conf_key_mgr.ConfKeyManager", fixed_key: "0".repeat(64) },
      oslo_concurrency: locks(place),
    }),
  );
}

function start(lab: Lab): void {
  const file = configuration(lab.place);
  startWsgi(lab, {
    name: "cinder",
    file: "/usr/bin/cinder-wsgi",
    processes: 1,
    arguments: `--config-file=${file}`,
    env: `OS_CINDER_CONFIG_DIR=${lab.place.etc("cinder")}`,
  });
  const driver = { env: { PYTHONPATH: beside(import.meta.url, "./volume") } };
  startModule(lab, "cinder-scheduler", "cinder.cmd.scheduler", ["--config-file", file]);
  startModule(lab, "cinder-volume", "cinder.cmd.volume", ["--config-file", file], driver);
  startModule(lab, "cinder-backup", "cinder.cmd.backup", ["--config-file", file], driver);
}
