import {
  administrator,
  type DatabaseEngine,
  type DatabaseFolder,
  knownParameters,
  socketName,
  type WantedDatabase,
} from "./database-engine.ts";

const programs = "/usr/lib/postgresql/15/bin";

/** Database where the cloud itself works; users of the service cannot enter it. */
const maintenance = "template1";

/** The database that every new PostgreSQL has, as long as it is the cloud's own. */
const initialDatabase = "SELECT FROM pg_database WHERE datname = 'postgres' AND pg_get_userbyid(datdba) = 'postgres'";

/** Advanced parameters that are PostgreSQL's own. */
const parameters = [
  "deadlock_timeout",
  "idle_in_transaction_session_timeout",
  "jit",
  "log_min_duration_statement",
  "max_locks_per_transaction",
  "max_prepared_transactions",
  "timezone",
  "track_activity_query_size",
];

/** PostgreSQL 15; the superuser is the cloud's and logs in from inside the server only. */
export const postgresqlEngine: DatabaseEngine = {
  systemUser: "postgres",

  initialize: (data) => [
    `${programs}/initdb`,
    `--pgdata=${data}`,
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--auth-local=peer",
    "--auth-host=reject",
    "--no-instructions",
  ],

  serve: (folder, wanted) => [
    `${programs}/postgres`,
    "-D",
    folder.data,
    ...Object.entries(settings(folder, wanted)).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ],

  client: (wanted) => [
    "psql",
    "--no-psqlrc",
    "--quiet",
    "--set=ON_ERROR_STOP=1",
    `--host=${socketName(wanted)}`,
    `--port=${wanted.port}`,
    "--username=postgres",
    `--dbname=${maintenance}`,
  ],

  stop: ({ data }) => [`${programs}/pg_ctl`, "stop", `--pgdata=${data}`, "--mode=fast", "--wait"],

  statements: ({ users, databases }, before) => {
    const usersNow = new Set(users.map(({ name }) => name));
    return [
      // A statement that fails would be logged with its password.
      "SET log_min_error_statement = panic;",
      // The service has none. One that the administrator made by SQL stays.
      only("DROP DATABASE postgres WITH (FORCE)", `SELECT WHERE NOT EXISTS (${initialDatabase})`),
      ...users.flatMap(({ name, password, roles }) => [
        only(`CREATE ROLE ${identifier(name)}`, `SELECT FROM pg_roles WHERE rolname = ${text(name)}`),
        `ALTER ROLE ${identifier(name)} LOGIN ${attributes(name, roles)} PASSWORD ${text(password)};`,
      ]),
      ...databases.map((name) =>
        only(
          `CREATE DATABASE ${identifier(name)} OWNER ${administrator}`,
          `SELECT FROM pg_database WHERE datname = ${text(name)}`,
        ),
      ),
      ...before.databases
        .filter((name) => !databases.includes(name))
        .map((name) => `DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE);`),
      // What the role owns stays, so the role does too.
      ...before.users.filter((name) => !usersNow.has(name)).map((name) => `ALTER ROLE ${identifier(name)} NOLOGIN;`),
      "",
    ].join("\n");
  },
};

function settings({ data, certificate, key }: DatabaseFolder, wanted: WantedDatabase): Record<string, string> {
  return {
    listen_addresses: wanted.address,
    port: String(wanted.port),
    unix_socket_directories: socketName(wanted),
    hba_file: `${data}/../pg_hba.conf`,
    ssl: "on",
    ssl_cert_file: certificate,
    ssl_key_file: key,
    max_connections: String(wanted.connections),
    shared_buffers: "64MB",
    // Survives the death of the process; a power cut is not modelled.
    fsync: "off",
    ...Object.fromEntries(knownParameters(wanted, parameters)),
  };
}

/** Who may connect: the cloud from inside the server, everybody else by TLS and password. */
export const hostBasedAccess = [
  "local all postgres peer",
  "host all postgres all reject",
  `host ${maintenance} all all reject`,
  "hostssl all all all scram-sha-256",
  "",
].join("\n");

function attributes(name: string, roles: readonly string[]): string {
  const admin = name === administrator;
  return [
    admin ? "CREATEDB CREATEROLE" : "NOCREATEDB NOCREATEROLE",
    admin || roles.includes("replication") ? "REPLICATION" : "NOREPLICATION",
  ].join(" ");
}

/** Runs a statement unless the query finds something. CREATE DATABASE cannot run inside a block. */
function only(statement: string, unless: string): string {
  return `SELECT ${text(statement)} WHERE NOT EXISTS (${unless}) \\gexec`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
