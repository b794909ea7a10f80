import { mkdirSync } from "node:fs";
import { renderIni } from "../ini.ts";
import { address, loopback, type Place, ports } from "../place.ts";
import { startModule } from "../python.ts";
import { database, locks, tokenCheck } from "../sections.ts";
import type { Lab, Service } from "../service.ts";

export const glance: Service = {
  name: "glance",
  packages: ["python3-glance", "glance-common"],
  databases: ["glance"],
  catalogue: [{ type: "image", name: "glance", url: address("glance") }],
  answersAt: `${address("glance")}/`,
  configure,
  initialise: async ({ place, commands }: Lab) => {
    await commands.run("glance-manage", "glance-manage", ["--config-file", configuration(place), "db_sync"]);
  },
  start: (lab) => startModule(lab, "glance-api", "glance.cmd.api", ["--config-file", configuration(lab.place)]),
};

function configuration(place: Place): string {
  return place.etc("glance/glance-api.conf");
}

function configure(place: Place): void {
  for (const folder of ["images", "staging", "tasks"]) mkdirSync(place.data(`glance/${folder}`), { recursive: true });
  place.write(
    "glance/glance-api.conf",
    renderIni({
      DEFAULT: {
        bind_host: loopback,
        bind_port: ports.glance,
        workers: 0,
        enabled_backends: "file:file",
        public_endpoint: address("glance"),
        worker_self_reference_url: address("glance"),
        node_staging_uri: `file://${place.data("glance/staging")}`,
      },
      database: database("glance"),
      glance_store: { default_backend: "file" },
      file: { filesystem_store_datadir: place.data("glance/images") },
      os_glance_staging_store: { filesystem_store_datadir: place.data("glance/staging") },
      os_glance_tasks_store: { filesystem_store_datadir: place.data("glance/tasks") },
      paste_deploy: { flavor: "keystone", config_file: "/etc/glance/glance-api-paste.ini" },
      keystone_authtoken: tokenCheck("glance"),
      oslo_concurrency: locks(place),
    }),
  );
}
