import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { faketimeLibrary } from "../faketime.ts";
import { freePort, kill } from "../own-server.ts";

/** A real MariaDB on loopback that takes connections by TLS alone, with one database and one user, as the managed service has them. */
export class MariaDb {
  /** With what PrestaShop's container would take for the name of a parameter. */
  readonly password = "PLANTED-database-100%sure%0123456789012345678901234567890123456789";

  readonly port: number;
  /** Certificate of the authority that signed the server's. */
  readonly ca: string;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, port: number, ca: string, server: ChildProcess) {
    this.port = port;
    this.ca = ca;
    this.#folder = folder;
    this.#process = server;
  }

  static async start(options: readonly string[] = []): Promise<MariaDb> {
    const folder = mkdtempSync(join(tmpdir(), "lor-mariadb-"));
    chmodSync(folder, 0o755);
    const ca = certificate(folder);
    const user = process.getuid?.() === 0 ? ["--user=mysql"] : [];
    execFileSync(
      "mariadb-install-db",
      [
        "--no-defaults",
        ...user,
        `--datadir=${folder}/data`,
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
      ],
      { stdio: "pipe" },
    );
    const port = await freePort();
    const tls = ["ca", "cert", "key"].map((part) => `--ssl-${part}=${folder}/${part}.pem`);
    const server = spawn(
      "mariadbd",
      [
        "--no-defaults",
        ...user,
        `--datadir=${folder}/data`,
        `--socket=${folder}/data/s`,
        "--bind-address=127.0.0.1",
        `--port=${port}`,
      ]
        .concat(
          tls,
          "--require-secure-transport=on",
          "--innodb-buffer-pool-size=32M",
          "--innodb-flush-log-at-trx-commit=0",
        )
        .concat("--extra-port=0", options),
      { stdio: "ignore" },
    );
    const database = new MariaDb(folder, port, ca, server);
    await vi.waitFor(() => database.sql("SELECT 1"), { timeout: 600_000, interval: 100 });
    database.sql(`CREATE USER shop@'%' IDENTIFIED BY '${database.password}'`);
    database.sql("CREATE DATABASE shop");
    database.sql("GRANT ALL ON shop.* TO shop@'%'");
    return database;
  }

  /** Rows of a statement, as the server's own administrator; columns separated by tabs. */
  sql(statement: string, database = ""): string {
    return execFileSync(
      "mariadb",
      ["--no-defaults", `--socket=${this.#folder}/data/s`, "-uroot", "-N", "-B", database, "-e", statement],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      },
    ).trim();
  }

  async stop(): Promise<void> {
    await kill(this.#process);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A certificate for 127.0.0.1, signed by an authority of its own, in the folder; valid since two days, as for clients whose clock is behind. */
function certificate(folder: string): string {
  const env = { PATH: process.env.PATH, LD_PRELOAD: faketimeLibrary(), FAKETIME: "-2d" };
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe", env });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-days",
    "6",
    "-subj",
    "/CN=test authority",
    "-keyout",
    "ca-key.pem",
    "-out",
    "ca.pem",
  );
  openssl("req", ...key, "-subj", "/CN=127.0.0.1", "-keyout", "key.pem", "-out", "request.pem");
  writeFileSync(join(folder, "names"), "subjectAltName=IP:127.0.0.1\n");
  openssl(
    "x509",
    "-req",
    "-in",
    "request.pem",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca-key.pem",
    "-days",
    "6",
    "-extfile",
    "names",
    "-out",
    "cert.pem",
  );
  chmodSync(join(folder, "key.pem"), 0o644);
  return readFileSync(join(folder, "ca.pem"), "utf8");
}
