/** A managed database as its server must be. */
export interface WantedDatabase {
  readonly id: string;
  readonly engine: "mysql" | "postgresql";
  /** Domain name, for the certificate. */
  readonly domain: string;
  readonly address: string;
  readonly port: number;
  /** Connections that users may open at the same time. */
  readonly connections: number;
  /** Address blocks that may connect. */
  readonly allowedFrom: readonly string[];
  readonly users: readonly DatabaseLogin[];
  /** Names of the logical databases. */
  readonly databases: readonly string[];
  /** OVHcloud's advanced parameters, such as `mysql.sql_mode`. */
  readonly advanced: Readonly<Record<string, string>>;
}

interface DatabaseLogin {
  readonly name: string;
  /** Secret. */
  readonly password: string;
  readonly roles: readonly string[];
}

/** Names that a server was given before: what is not wanted any more is taken away, what users made themselves stays. */
export interface AppliedNames {
  readonly users: readonly string[];
  readonly databases: readonly string[];
}

type Command = readonly [string, ...string[]];

/** How a database program is installed, run and told its users. */
export interface DatabaseEngine {
  /** System user who owns the data and runs the server. */
  readonly systemUser: string;
  /** Fills an empty data folder. */
  initialize(data: string): Command;
  /** Runs in the foreground. Data, certificate and key lie in the folder. */
  serve(folder: DatabaseFolder, wanted: WantedDatabase): Command;
  /** Reads statements from its standard input; fails while the server does not accept connections. */
  client(wanted: WantedDatabase): Command;
  /** Ends the server in an orderly way. */
  stop(folder: DatabaseFolder, wanted: WantedDatabase): Command;
  /** Statements that make users, rights and logical databases as wanted. Repeatable. Contains passwords. */
  statements(wanted: WantedDatabase, before: AppliedNames): string;
}

export interface DatabaseFolder {
  readonly data: string;
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

/** First user and first database of every service. */
export const administrator = "avnadmin";

/** Name of a UNIX socket without a file: it belongs to the network, needs no folder that two users share, and its path is never too long. */
export function socketName({ id }: WantedDatabase): string {
  return `@lor-database-${id}`;
}

/** Advanced parameters of one engine, without its prefix, that the server knows by the same name. */
export function knownParameters(
  { advanced, engine }: WantedDatabase,
  known: readonly string[],
): readonly (readonly [name: string, value: string])[] {
  const prefix = engine === "mysql" ? "mysql." : "pg.";
  return known.flatMap((name) => {
    const value = advanced[`${prefix}${name}`];
    return value === undefined ? [] : [[name, value] as const];
  });
}
