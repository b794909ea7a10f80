import { renderIni } from "../ini.ts";
import { address, type Place } from "../place.ts";
import { database, tokenCheck } from "../sections.ts";
import type { Service } from "../service.ts";
import { startWsgi } from "../wsgi.ts";

export const placement: Service = {
  name: "placement",
  packages: ["python3-placement", "placement-common"],
  databases: ["placement"],
  catalogue: [{ type: "placement", name: "placement", url: address("placement") }],
  answersAt: `${address("placement")}/`,
  configure: (place: Place) => {
    place.write(
      "placement/placement.conf",
      renderIni({
        api: { auth_strategy: "keystone" },
        placement_database: database("placement"),
        keystone_authtoken: tokenCheck("placement"),
      }),
    );
  },
  initialise: async ({ place, commands }) => {
    const file = place.etc("placement/placement.conf");
    await commands.run("placement-manage", "placement-manage", ["--config-file", file, "db", "sync"], {
      env: { OS_PLACEMENT_CONFIG_DIR: place.etc("placement") },
    });
  },
  start: (lab) =>
    startWsgi(lab, {
      name: "placement",
      file: "/usr/bin/placement-api",
      processes: 1,
      env: `OS_PLACEMENT_CONFIG_DIR=${lab.place.etc("placement")}`,
    }),
};
