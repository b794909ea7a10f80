import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { CertificateAuthority } from "../../../src/local-cloud/machines/services/certificate-authority.ts";
import { DatabaseServers } from "../../../src/local-cloud/machines/services/databases.ts";
import type { DatabaseView } from "../../../src/local-cloud/ovhcloud/databases/types.ts";
import { ensureDatabasePrograms } from "../../guests/guest-tools.ts";
import { createPart, type Part } from "../test-cloud.ts";
import { HandMadeNetwork, namespaceObstacle } from "./hand-made-network.ts";

const inside = "10.10.1.10";
const outside = "10.10.9.9";

describe.skipIf(namespaceObstacle !== undefined)("servers of managed databases", () => {
  let folder: string;
  let cloud: LocalCloud;
  let network: HandMadeNetwork;
  let part: Part;
  let servers: DatabaseServers;

  beforeAll(async () => {
    ensureDatabasePrograms();
    // The databases' own users must reach their folders.
    folder = mkdtempSync("/var/tmp/lor-databases-");
    chmodSync(folder, 0o711);
    cloud = createLocalCloud({ databasePath: ":memory:", clock: "stepped", scale: 1 });
    part = createPart(cloud, 2);
    network = await HandMadeNetwork.open("192.0.2.10");
    await network.own(inside);
    await network.own(outside);
    servers = open();
    writeFileSync(join(folder, "ca.pem"), authority().certificate);
  });

  afterAll(async () => {
    await servers?.close();
    await network?.close();
    cloud?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const authority = () => CertificateAuthority.open(join(folder, "authority"), () => new Date());
  const open = () => new DatabaseServers({ cloud, network, authority: authority(), folder: join(folder, "databases") });

  async function create(engine: "mysql" | "postgresql", version: string): Promise<DatabaseView> {
    const database = cloud.ovhDatabases.create({
      engine,
      version,
      plan: "essential",
      flavor: "db1-4",
      nodes: [{ region: "GRA", networkId: part.networkId, subnetId: part.subnetId }],
      ipRestrictions: [{ ip: "10.10.1.0/24" }],
    });
    cloud.clock.step(2000);
    await servers.refresh();
    const made = cloud.ovhDatabases.get(database.id);
    await network.speakAs(inside, made.privateAddress ?? "");
    return made;
  }

  interface Login {
    readonly database: DatabaseView;
    readonly user: string;
    readonly password: string;
    readonly name?: string;
  }

  /** As a machine connects: by TLS, verified by the cloud's authority. */
  function mysql({ database, user, password, name = "" }: Login, statement: string, tls = true): Promise<string> {
    const { port } = database.endpoints[0] ?? { port: 0 };
    const encryption = tls ? [`--ssl-ca=${join(folder, "ca.pem")}`] : ["--skip-ssl"];
    return network.run(
      "mariadb",
      [
        ...["--no-defaults", "--batch", "--skip-column-names", "--connect-timeout=2", ...encryption],
        ...[`--host=${database.privateAddress}`, `--port=${port}`, `--user=${user}`, `--database=${name}`],
        ...["-e", statement],
      ],
      { MYSQL_PWD: password },
    );
  }

  /** Whether a TCP connection from that address is accepted within two seconds. */
  function accepts({ privateAddress }: DatabaseView, from: string): Promise<boolean> {
    const target = `telnet://${privateAddress}:20184`;
    return network.run("curl", ["-sS", "--interface", from, "--max-time", "2", "-o", "/dev/null", target]).then(
      () => true,
      ({ stderr }) => !String(stderr).includes("Connection timed out"),
    );
  }

  function psql({ database, user, password, name = "" }: Login, statement: string): Promise<string> {
    const { domain, port } = database.endpoints[0] ?? { domain: "", port: 0 };
    return network.run("psql", ["--no-psqlrc", "-At", "-c", statement], {
      PGHOST: domain,
      PGHOSTADDR: database.privateAddress ?? "",
      PGPORT: String(port),
      PGUSER: user,
      PGDATABASE: name,
      PGPASSWORD: password,
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: join(folder, "ca.pem"),
      PGCONNECT_TIMEOUT: "2",
    });
  }

  const passwordOf = (database: DatabaseView, user: string) =>
    cloud.ovhDatabases.logins(database.id).find(({ name }) => name === user)?.password ?? "";

  it("run MySQL with TLS, its users, its limit and its address restriction", async () => {
    const database = await create("mysql", "8");
    expect([...servers.problems]).toEqual([]);
    cloud.ovhDatabases.createLogicalDatabase(database.id, "prestashop");
    const { password } = cloud.ovhDatabases.createUser(database.id, { name: "prestashop" });
    cloud.clock.step(100);
    await servers.refresh();
    const login = { database, user: "prestashop", password, name: "prestashop" };

    expect((await mysql(login, "SELECT @@max_connections, @@have_ssl, @@port")).trim()).toBe("301\tYES\t20184");
    // Not the server itself.
    await expect(mysql(login, "SET GLOBAL max_connections = 1")).rejects.toThrow(/1227/);
    await expect(mysql(login, "SELECT 1 INTO OUTFILE '/var/tmp/x'")).rejects.toThrow(/FILE privilege/);
    // The service asks for primary keys, as long as its parameter does not say otherwise.
    await expect(mysql(login, "CREATE TABLE loose (a INT)")).rejects.toThrow(/primary key/i);
    expect(await mysql(login, "CREATE TABLE orders (id INT PRIMARY KEY); INSERT INTO orders VALUES (1)")).toBe("");

    expect(await accepts(database, inside)).toBe(true);
    expect(await accepts(database, outside)).toBe(false);
    await expect(mysql(login, "SELECT 1", false)).rejects.toThrow(/1045/);

    const idle = await network.hold(database.privateAddress ?? "", 20184, 301);
    await expect(mysql(login, "SELECT 1")).rejects.toThrow(/1040.*Too many connections/);
    await idle();

    // A password that was reset replaces the old one.
    const user = cloud.ovhDatabases.listUsers(database.id).find(({ username }) => username === "prestashop");
    const reset = cloud.ovhDatabases.resetPassword(database.id, user?.id ?? "");
    cloud.clock.step(100);
    await servers.refresh();
    await expect(mysql(login, "SELECT 1")).rejects.toThrow(/1045/);
    expect(await mysql({ ...login, password: reset.password }, "SELECT * FROM orders")).toBe("1\n");
  });

  it("run PostgreSQL, where users cannot make tables until the administrator lets them", async () => {
    const database = await create("postgresql", "15");
    expect([...servers.problems]).toEqual([]);
    cloud.ovhDatabases.createLogicalDatabase(database.id, "odoo");
    const { password } = cloud.ovhDatabases.createUser(database.id, { name: "odoo" });
    cloud.clock.step(100);
    await servers.refresh();
    const odoo = { database, user: "odoo", password, name: "odoo" };
    const admin = { ...odoo, user: "avnadmin", password: passwordOf(database, "avnadmin") };

    expect(await psql(odoo, "SHOW max_connections")).toBe("100\n");
    await expect(psql(odoo, "CREATE TABLE orders (id int)")).rejects.toThrow(/permission denied for schema public/);
    await expect(psql(odoo, "CREATE DATABASE other")).rejects.toThrow(/permission denied to create database/);
    await expect(psql(admin, "ALTER SYSTEM SET max_connections = 1")).rejects.toThrow(/permission denied/);
    await expect(psql({ ...admin, user: "postgres" }, "SELECT 1")).rejects.toThrow(/rejects connection/);
    // Neither PostgreSQL's own database nor its template.
    await expect(psql({ ...odoo, name: "postgres" }, "SELECT 1")).rejects.toThrow(/database "postgres" does not exist/);
    await expect(psql({ ...odoo, name: "template1" }, "SELECT 1")).rejects.toThrow(/rejects connection/);
    await psql(admin, "GRANT CREATE ON SCHEMA public TO odoo");
    await psql(odoo, "CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)");
    expect(await psql(odoo, "SELECT id FROM orders")).toBe("1\n");
  });

  it("keep their data when they are stopped or killed, and lose them with the service", async () => {
    const [mysqlView, postgresqlView] = ["mysql", "postgresql"].map((engine) => cloud.ovhDatabases.list({ engine })[0]);
    if (mysqlView === undefined || postgresqlView === undefined) throw new Error("no database");
    const ask = async () => [
      await mysql(
        { database: mysqlView, user: "prestashop", password: passwordOf(mysqlView, "prestashop"), name: "prestashop" },
        "SELECT id FROM orders",
      ),
      await psql(
        { database: postgresqlView, user: "odoo", password: passwordOf(postgresqlView, "odoo"), name: "odoo" },
        "SELECT id FROM orders",
      ),
    ];
    await servers.close();
    await expect(ask()).rejects.toThrow();
    servers = open();
    await servers.refresh();
    expect(await ask()).toEqual(["1\n", "1\n"]);

    // A server that dies is started again by itself; no server outlives the local cloud.
    await network.killAll(/mariadbd|postgres/);
    await vi.waitUntil(
      () =>
        ask().then(
          () => true,
          () => false,
        ),
      { timeout: 60_000, interval: 100 },
    );
    await servers.close();
    await network.killAll(/mariadbd|postgres/);
    servers = open();
    await servers.refresh();
    expect([...servers.problems]).toEqual([]);
    expect(await ask()).toEqual(["1\n", "1\n"]);

    cloud.faults.loseRegion("GRA");
    await servers.refresh();
    await expect(ask()).rejects.toThrow();
    cloud.faults.restoreRegion("GRA");
    await servers.refresh();
    expect(await ask()).toEqual(["1\n", "1\n"]);

    // A larger flavor has a higher limit.
    cloud.ovhDatabases.update(mysqlView.id, { flavor: "db1-7" });
    cloud.clock.step(5000);
    await servers.refresh();
    const admin = { database: mysqlView, user: "avnadmin", password: passwordOf(mysqlView, "avnadmin") };
    expect((await mysql(admin, "SELECT @@max_connections")).trim()).toBe("526");

    cloud.ovhDatabases.delete(postgresqlView.id);
    cloud.clock.step(5000);
    await servers.refresh();
    await expect(ask()).rejects.toThrow();
    expect((await mysql(admin, "SELECT 1")).trim()).toBe("1");
  });
});
