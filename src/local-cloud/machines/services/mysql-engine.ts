import { administrator, type DatabaseEngine, knownParameters, socketName } from "./database-engine.ts";

/** Service's default, which is stricter than MySQL's own. Source: see BEHAVIOUR.md of the managed databases. */
const defaultSqlMode =
  "ANSI,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,STRICT_ALL_TABLES";

/** Advanced parameters that MariaDB has under the same name. */
const parameters = [
  "connect_timeout",
  "default_time_zone",
  "group_concat_max_len",
  "innodb_lock_wait_timeout",
  "interactive_timeout",
  "long_query_time",
  "max_allowed_packet",
  "max_heap_table_size",
  "net_read_timeout",
  "net_write_timeout",
  "sort_buffer_size",
  "tmp_table_size",
  "wait_timeout",
];

/** Everything but the server itself: no SUPER, FILE, SHUTDOWN. */
const rights = [
  "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE",
  "CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER, CREATE USER, PROCESS, RELOAD, SHOW DATABASES",
  "REPLICATION SLAVE, REPLICATION CLIENT",
].join(", ");

/** MariaDB 10.11 in the place of MySQL 8; differences in BEHAVIOUR.md. */
export const mysqlEngine: DatabaseEngine = {
  systemUser: "mysql",

  initialize: (data) => [
    "mariadb-install-db",
    "--no-defaults",
    `--datadir=${data}`,
    "--auth-root-authentication-method=socket",
    "--auth-root-socket-user=mysql",
    "--skip-test-db",
  ],

  serve: ({ data, certificate, key, authority }, wanted) => [
    "mariadbd",
    "--no-defaults",
    `--datadir=${data}`,
    `--socket=${socketName(wanted)}`,
    `--bind-address=${wanted.address}`,
    `--port=${wanted.port}`,
    "--skip-name-resolve",
    `--ssl-cert=${certificate}`,
    `--ssl-key=${key}`,
    `--ssl-ca=${authority}`,
    "--require-secure-transport=ON",
    // The service adds one for a process of its own.
    `--max-connections=${wanted.connections + 1}`,
    `--sql-mode=${wanted.advanced["mysql.sql_mode"] ?? defaultSqlMode}`,
    `--innodb-force-primary-key=${requiresPrimaryKey(wanted.advanced) ? "ON" : "OFF"}`,
    ...knownParameters(wanted, parameters).map(([name, value]) => `--${name.replaceAll("_", "-")}=${value}`),
    // Survives the death of the process; a power cut is not modelled.
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-buffer-pool-size=64M",
    `--pid-file=${data}/server.pid`,
  ],

  client: (wanted) => ["mariadb", "--no-defaults", "--batch", `--socket=${socketName(wanted)}`, "--user=mysql"],

  stop: (_folder, wanted) => [
    "mariadb-admin",
    "--no-defaults",
    `--socket=${socketName(wanted)}`,
    "--user=mysql",
    "shutdown",
  ],

  statements: ({ users, databases }, before) => {
    const usersNow = new Set(users.map(({ name }) => name));
    return [
      "SET sql_mode = '';",
      ...databases.map((name) => `CREATE DATABASE IF NOT EXISTS ${identifier(name)} CHARACTER SET utf8mb4;`),
      ...before.databases
        .filter((name) => !databases.includes(name))
        .map((name) => `DROP DATABASE IF EXISTS ${identifier(name)};`),
      ...users.flatMap(({ name, password }) => [
        `CREATE USER IF NOT EXISTS ${account(name)};`,
        `ALTER USER ${account(name)} IDENTIFIED BY ${text(password)};`,
        `GRANT ${rights} ON *.* TO ${account(name)}${name === administrator ? " WITH GRANT OPTION" : ""};`,
      ]),
      ...before.users.filter((name) => !usersNow.has(name)).map((name) => `DROP USER IF EXISTS ${account(name)};`),
      "",
    ].join("\n");
  },
};

function requiresPrimaryKey(advanced: Readonly<Record<string, string>>): boolean {
  return !["false", "0", "off"].includes((advanced["mysql.sql_require_primary_key"] ?? "true").toLowerCase());
}

function account(name: string): string {
  return `${text(name)}@'%'`;
}

function identifier(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

function text(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
