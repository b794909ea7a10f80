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
  tables("f");
});

afterEach(async () => {
  await web.stop();
  machine.remove();
});

/** `t`: the database has no table of Odoo yet. */
function tables(absent: "t" | "f"): void {
  machine.fake("psql", `echo ${absent}`);
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
      `/srv/lor/releases/16.0.20241001-${sha256(archive).slice(0, 12)}`,
    );
    const calls = machine.takeCalls();
    expect(calls.some((call) => call.includes("satisfy python3-babel, python3-lxml"))).toBe(true);
    expect(calls).toContain("systemctl restart lor-odoo.service");
    expect(calls).toContain("systemctl restart lor-filestore-copy.timer");
    expect(calls.join("\n")).not.toContain("PLANTED");
    expect((await fetch()).code).toBe(0);
    expect(machine.takeCalls()).toEqual([]);
  });

  it("keeps each secret in a file of its own service", async () => {
    publish();
    await fetch();
    expect(machine.read("/etc/lor/odoo.conf")).toContain("db_sslmode = require\n");
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

  it("fills an empty database, and never leaves its administrator the password that everybody knows", async () => {
    tables("t");
    publish();
    expect((await fetch()).code).toBe(0);
    const calls = machine.takeCalls();
    const made = calls.findIndex((call) => call.includes("-i base"));
    const password = calls.findIndex((call) => call.startsWith("env.ref('base.user_admin').password"));
    const served = calls.indexOf("systemctl restart lor-odoo.service");
    expect(made).toBeGreaterThan(-1);
    expect(password).toBeGreaterThan(made);
    expect(served).toBeGreaterThan(password);
    expect(machine.has("/srv/lor/first-start")).toBe(false);
  });

  it("finishes a first start that was cut before the password was set", async () => {
    tables("t");
    machine.fake("python3", 'case "$*" in *shell*) exit 1;; esac');
    publish();
    expect((await fetch()).code).toBe(1);
    expect(machine.takeCalls()).not.toContain("systemctl restart lor-odoo.service");
    tables("f");
    machine.fake("python3", `cat >>"$LOR_ROOT/calls"`);
    expect((await fetch()).code).toBe(0);
    expect(machine.takeCalls().join("\n")).toContain("base.user_admin");
  });

  it("leaves a database that has tables as it is", async () => {
    publish();
    await fetch();
    expect(machine.takeCalls().join("\n")).not.toContain("-i base");
  });

  it("waits for a database that does not answer", async () => {
    machine.fake("psql", "exit 2");
    publish();
    expect((await fetch()).code).toBe(75);
    expect(machine.status()).toMatchObject({ state: "waiting" });
  });

  it("refuses an archive that is no Debian package", async () => {
    const other = Buffer.from("not a package");
    web.answers.set("/odoo.deb", { status: 200, body: other });
    publish({ release: { version: "16.1", url: `${web.url}/odoo.deb`, sha256: sha256(other) } });
    expect((await fetch()).code).toBe(1);
    expect(String(machine.status().message)).toContain("no Debian package");
  });
});
