import { join } from "node:path";
import { renderIni } from "../ini.ts";
import { address, type Place } from "../place.ts";
import { database, databaseUrl, messaging, tokenCheck } from "../sections.ts";
import type { Service } from "../service.ts";
import { startWsgi } from "../wsgi.ts";

/** Keeps the certificates of HTTPS listeners. Without its worker: secrets are stored by the API itself, only orders wait for it. */
export const barbican: Service = {
  name: "barbican",
  packages: ["python3-barbican", "barbican-common"],
  databases: ["barbican"],
  catalogue: [{ type: "key-manager", name: "barbican", url: address("barbican") }],
  answersAt: `${address("barbican")}/`,
  configure,
  initialise: async ({ commands }) => {
    await commands.run("barbican-manage", "barbican-manage", ["db", "upgrade", "--db-url", databaseUrl("barbican")]);
  },
  start: (lab) =>
    startWsgi(lab, {
      name: "barbican",
      file: "/usr/bin/barbican-wsgi-api",
      processes: 1,
      env: `HOME=${home(lab.place)}`,
    }),
};

/** Barbican takes no argument for its configuration: it looks below the home folder, then in /etc. */
function home(place: Place): string {
  return place.etc("barbican");
}

function configure(place: Place): void {
  const { connection, max_pool_size, max_overflow } = database("barbican");
  place.write(
    join("barbican", ".barbican", "barbican.conf"),
    renderIni({
      DEFAULT: {
        host_href: address("barbican"),
        sql_connection: connection,
        sql_pool_size: max_pool_size,
        sql_pool_max_overflow: max_overflow,
        db_auto_create: false,
      },
      ...messaging,
      queue: { enable: false },
      keystone_authtoken: tokenCheck("barbican"),
    }),
  );
}
