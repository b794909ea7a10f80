import { existsSync } from "node:fs";
import { renderIni } from "../ini.ts";
import { loopback, type Place, password, ports } from "../place.ts";
import type { Lab } from "../service.ts";
import { waitUntil } from "../wait.ts";

export const packages = ["mariadb-server"];

function socket(place: Place): string {
  return place.run("mariadb.sock");
}

function configure(place: Place): string {
  return place.write(
    "mariadb/my.cnf",
    renderIni({
      mysqld: {
        user: "root",
        datadir: place.data("mariadb"),
        socket: socket(place),
        "pid-file": place.run("mariadb.pid"),
        port: ports.mariadb,
        "bind-address": loopback,
        tmpdir: place.data("tmp"),
        "log-error": place.log("mariadb"),
        "skip-name-resolve": 1,
        "skip-log-bin": 1,
        performance_schema: "OFF",
        innodb_buffer_pool_size: "192M",
        innodb_log_file_size: "48M",
        // Speed before safety: the data is made again when the machine dies.
        innodb_flush_log_at_trx_commit: 0,
        innodb_doublewrite: 0,
        innodb_flush_method: "nosync",
        max_connections: 600,
        // The tables of this release are made for it: an index on 255 characters of four bytes is too long.
        "character-set-server": "utf8mb3",
        "collation-server": "utf8mb3_general_ci",
      },
    }),
  );
}

export async function start({ place, daemons, commands }: Lab): Promise<void> {
  const defaults = `--defaults-file=${configure(place)}`;
  if (!existsSync(place.data("mariadb/mysql"))) {
    await commands.run("mariadb", "mariadb-install-db", [
      defaults,
      "--user=root",
      "--skip-test-db",
      "--auth-root-authentication-method=normal",
    ]);
  }
  daemons.start("mariadb", "mariadbd", [defaults]);
  await waitUntil({ what: "MariaDB answers" }, () =>
    commands.succeeds("mariadb", "mariadb-admin", [`--socket=${socket(place)}`, "-uroot", "ping"]),
  );
}

export async function createDatabases({ place, commands }: Lab, names: readonly string[]): Promise<void> {
  const statements = [
    ...names.map((name) => `CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb3;`),
    `CREATE USER IF NOT EXISTS lab@'${loopback}' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO lab@'${loopback}';`,
  ];
  await commands.run("mariadb", "mariadb", [`--socket=${socket(place)}`, "-uroot"], { input: statements.join("\n") });
}
