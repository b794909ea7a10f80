import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packDocument } from "../../src/machines/pack-document.ts";
import { type GuestDocumentInput, renderGuestDocument } from "../../src/machines/render-document.ts";
import { odooInput } from "./guest-inputs.ts";
import { Sandbox, sha256, Web } from "./sandbox.ts";

/** A release as Odoo publishes it: a Debian package. */
function makePackage(version: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "lor-package-"));
  mkdirSync(join(folder, "root/DEBIAN"), { recursive: true });
  mkdirSync(join(folder, "root/usr/bin"), { recursive: true });
  writeFileSync(
    join(folder, "root/DEBIAN/control"),
    `Package: odoo\nVersion: ${version}\nArchitecture: all\nMaintainer: test <test@lor.example>\nDepends: python3-babel, python3-lxml\nDescription: test\n`,
  );
  writeFileSync(join(folder, "root/usr/bin/odoo"), "#!/usr/bin/python3\n");
  const odoo = join(folder, "root/usr/lib/python3/dist-packages/odoo");
  mkdirSync(odoo, { recursive: true });
  writeFileSync(join(odoo, "release.py"), `version_info = (${version.split(".")[0]}, 0, 0, FINAL, 0, '')\n`);
  execFileSync("dpkg-deb", ["--build", "--root-owner-group", join(folder, "root"), join(folder, "odoo.deb")], {
    stdio: "pipe",
  });
  return readFileSync(join(folder, "odoo.deb"));
}

const archive = makePackage("16.0.20241001");
let machine: Sandbox;
let web: Web;

beforeEach(async () => {
  machine = new Sandbox(4, 15_000);
  web = await Web.start();
  web.answers.set("/odoo.deb", { status: 200, body: archive });
  web.answers.set("/health", { status: 200, body: "ok" });
  machine.identify({ name: "odoo", role: "odoo", documentUrl: `${web.url}/odoo.json` });
  // Odoo itself, run by python3; what it is told on its standard input is noted too.
  machine.fake("python3", `cat >>"$LOR_ROOT/calls"`);
  database({});
});

afterEach(async () => {
  await web.stop();
  machine.remove();
});

/** What the database says of itself; `version` is that of the module `base`. */
function database(changes: object, version = "16.0.1.3", files = ""): void {
  const found = { tables: 90, modules: true, marker: false, mayCreate: true, ...changes };
  machine.fake(
    "psql",
    `asked="$* $(cat)"; echo "$asked" >>"$LOR_ROOT/calls"
case "$asked" in *json_build_object*) echo '${JSON.stringify(found)}';; *latest_version*) echo ${version};; *store_fname*) echo '${files}';; esac`,
  );
}

function publish(changes: Partial<GuestDocumentInput> = {}): void {
  const release = { version: "16.0.20241001", url: `${web.url}/odoo.deb`, sha256: sha256(archive) };
  const body = JSON.stringify(packDocument(renderGuestDocument({ ...odooInput, release, ...changes })));
  web.answers.set("/odoo.json", { status: 200, body });
}

const fetch = () => machine.fetch({ LOR_PROBE: `${web.url}/health`, LOR_PROBE_PAUSE_SECONDS: "0.01" });
const mode = (path: string) => statSync(join(machine.root, path)).mode & 0o777;

describe("the Odoo server", () => {
  it("becomes what its document says, and a second run does nothing", async () => {
    publish();
    expect(await fetch()).toEqual({ code: 0, out: "" });
    expect(readlinkSync(join(machine.root, "srv/lor/current"))).toBe(
      `releases/16.0.20241001-${sha256(archive).slice(0, 12)}`,
    );
    const calls = machine.takeCalls();
    expect(calls.some((call) => call.includes("satisfy python3-babel, python3-lxml"))).toBe(true);
    expect(calls).toContain("systemctl restart lor-odoo.service");
    expect(calls).toContain("systemctl restart lor-filestore-copy.timer");
    expect(calls.join("\n")).not.toContain("PLANTED");
    expect((await fetch()).code).toBe(0);
    expect(machine.takeChanges()).toEqual([]);
  });

  it("keeps each secret in a file of its own service", async () => {
    publish();
    await fetch();
    expect(machine.read("/etc/lor/odoo.conf")).toContain("db_sslmode = require\n");
    // Odoo would offer only databases that its user owns, and a managed service's belong to its administrator.
    expect(machine.read("/etc/lor/odoo.conf")).not.toContain("dbfilter");
    expect(mode("etc/lor/odoo.conf")).toBe(0o640);
    expect(mode("etc/lor/postgresql.pass")).toBe(0o600);
    expect(mode("etc/lor/rclone-odoo.conf")).toBe(0o640);
    expect(machine.read("/etc/lor/postgresql.env")).not.toContain("PLANTED");
    const holders = execFileSync("grep", ["-rl", "PLANTED", join(machine.root, "etc"), join(machine.root, "srv")], {
      encoding: "utf8",
    });
    const names = holders
      .trim()
      .split("\n")
      .map((path) => path.slice(machine.root.length));
    expect(names.sort()).toEqual([
      "/etc/lor/odoo-first-password",
      "/etc/lor/odoo.conf",
      "/etc/lor/postgresql.pass",
      "/etc/lor/rclone-odoo.conf",
    ]);
  });

  it("verifies the database when its authority is known", async () => {
    publish({ database: { ...odooInput.database, ca: "-----BEGIN CERTIFICATE-----\n" } });
    await fetch();
    expect(machine.read("/etc/lor/odoo.conf")).toContain("db_sslmode = verify-ca\n");
    expect(machine.read("/etc/lor/postgresql.env")).toContain("PGSSLROOTCERT=/etc/lor/database-ca.pem\n");
  });

  it("does not start Odoo on an empty database, and makes no tables in it", async () => {
    database({ tables: 0, modules: false });
    publish();
    expect((await fetch()).code).toBe(0);
    const calls = machine.takeCalls();
    expect(calls.join("\n")).not.toContain("-i base");
    expect(calls).not.toContain("systemctl restart lor-odoo.service");
  });

  it("prints by an address of this machine, unless a person has set another, before Odoo starts", async () => {
    publish();
    expect((await fetch()).code).toBe(0);
    const calls = machine.takeCalls();
    const set = calls.findIndex((call) => call.includes("'report.url', 'http://127.0.0.1:8069'"));
    expect(calls[set]).toContain("WHERE NOT EXISTS (SELECT 1 FROM ir_config_parameter WHERE key = 'report.url')");
    expect(set).toBeLessThan(calls.indexOf("systemctl restart lor-odoo.service"));
  });

  it("says which right is missing when nobody can grant it", async () => {
    database({ tables: 0, modules: false, mayCreate: false });
    publish();
    expect((await fetch()).code).toBe(75);
    expect(String(machine.status().message)).toContain('GRANT USAGE, CREATE ON SCHEMA public TO "odoo"');
  });

  it("has the right granted by the service's administrator", async () => {
    database({ tables: 0, modules: false, mayCreate: false });
    publish({
      database: { ...odooInput.database, administrator: { user: "avnadmin", password: "PLANTED-administrator" } },
    });
    expect((await fetch()).code).toBe(0);
    const calls = machine.takeCalls().join("\n");
    expect(calls).toContain('GRANT USAGE, CREATE ON SCHEMA public TO "odoo"');
    expect(calls).not.toContain("PLANTED");
    expect(mode("etc/lor/postgresql-administrator.pass")).toBe(0o600);
  });

  it("never puts a release in place that needs a database of another series", async () => {
    database({}, "15.0.1.3");
    publish();
    expect((await fetch()).code).toBe(1);
    expect(String(machine.status().message)).toContain("Odoo 16.0 needs a database of its own series");
  });

  it("waits for a database that does not answer", async () => {
    machine.fake("psql", "exit 2");
    publish();
    expect((await fetch()).code).toBe(75);
    expect(machine.status()).toMatchObject({ state: "waiting" });
  });

  it("does not serve on a filestore without any of the database's files, until they are back or a person goes on without", async () => {
    database({}, "16.0.1.3", "ab/abc\ncd/cde");
    publish();
    expect((await fetch()).code).toBe(75);
    expect(String(machine.status().message)).toContain("has none of the 2 files that the database names");
    expect(machine.has("/srv/lor/current")).toBe(false);
    machine.write("/srv/lor/odoo/go-on-without-files", "");
    expect((await fetch()).code).toBe(0);
    await machine.run("rm", [join(machine.root, "srv/lor/odoo/go-on-without-files")]);
    const asked = () =>
      machine.run(join(machine.root, "usr/local/sbin/lor-health"), ["--filestore"], { PGDATABASE: "odoo" });
    expect(await asked()).toMatchObject({ code: 1, out: expect.stringContaining("copies:objects") as string });
    machine.write("/srv/lor/odoo/filestore/odoo/cd/cde", "");
    expect(await asked()).toEqual({ code: 0, out: "" });
    // Not known is not lost: and not a reason to start.
    machine.fake("psql", "exit 2");
    expect(await asked()).toMatchObject({ code: 1, out: expect.stringContaining("is not known") as string });
  });

  it("refuses an archive that is no Debian package", async () => {
    const other = Buffer.from("not a package");
    web.answers.set("/odoo.deb", { status: 200, body: other });
    publish({ release: { version: "16.1", url: `${web.url}/odoo.deb`, sha256: sha256(other) } });
    expect((await fetch()).code).toBe(1);
    expect(String(machine.status().message)).toContain("no Debian package");
  });
});
