import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { packDocument } from "../../src/machines/pack-document.ts";
import { renderGuestDocument } from "../../src/machines/render-document.ts";
import { shopInput } from "./guest-inputs.ts";
import { Sandbox, sha256, Web } from "./sandbox.ts";

let machine: Sandbox;
let web: Web;
let archive: Buffer;

const nginx = "/etc/nginx/sites-enabled/lor";
const secrets = "/etc/lor/shop.json";

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "lor-release-"));
  const version = "<?php define('_PS_INSTALL_VERSION_', '8.2.1');";
  const zip = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    archive.writestr("index.php", "<?php")
    archive.writestr("install/install_version.php", "${version}")`;
  execFileSync("python3", ["-c", zip, join(folder, "release.zip")]);
  archive = readFileSync(join(folder, "release.zip"));
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  machine = new Sandbox();
  web = await Web.start();
  web.answers.set("/release.zip", { status: 200, body: archive });
  web.answers.set("/health", { status: 200, body: "ok" });
  machine.fake("php8.2", `case "$*" in *shop-state*) echo '{"kind": "empty", "tables": 0, "version": null}';; esac`);
  machine.identify({ name: "ps-0", role: "prestashop", documentUrl: `${web.url}/ps-0.json` });
  // The state of units, as systemd tells it.
  machine.write("/units", "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n");
  machine.fake("systemctl", 'if [ "$1" = show ]; then shift 3; for unit; do cat "$LOR_ROOT/units"; echo; done; fi');
  publish();
  await fetch();
  machine.takeCalls();
});

afterEach(async () => {
  await web.stop();
  machine.remove();
});

function publish(domain = "shop.example"): void {
  const release = { version: "8.2.1", url: `${web.url}/release.zip`, sha256: sha256(archive) };
  const document = packDocument(renderGuestDocument({ ...shopInput, domain, release }));
  web.answers.set("/ps-0.json", { status: 200, body: JSON.stringify(document) });
}

const fetch = () => machine.fetch({ LOR_PROBE: `${web.url}/health`, LOR_PROBE_PAUSE_SECONDS: "0.01" });
const actions = () => machine.takeChanges();
const putBack = () => machine.status().putBack as { at: string; files: string[]; kept: string } | null;
const mode = (path: string) => statSync(join(machine.root, path)).mode & 0o777;

describe("a front whose files a person changed", () => {
  it("was as its document says before", async () => {
    expect((await fetch()).code).toBe(0);
    expect(actions()).toEqual([]);
    expect(machine.status()).toMatchObject({ state: "applied", differences: [], putBack: null });
  });

  it("puts them back, keeps them aside, tells it, and loads the configuration again", async () => {
    const before = machine.read(nginx);
    machine.write(nginx, "changed by hand");
    expect((await fetch()).code).toBe(0);
    expect(machine.read(nginx)).toBe(before);
    const told = putBack();
    expect(told?.files).toEqual([nginx]);
    expect(machine.read(`${told?.kept}${nginx}`)).toBe("changed by hand");
    expect(machine.status()).toMatchObject({ state: "applied", differences: [] });
    expect(actions()).toContain("systemctl reload-or-restart nginx.service");
    // Once: the next look finds nothing, and what was put back is still told.
    expect((await fetch()).code).toBe(0);
    expect(actions()).toEqual([]);
    expect(putBack()).toEqual(told);
  });

  it("keeps a secret file that was changed for root alone", async () => {
    const before = machine.read(secrets);
    machine.write(secrets, `${before} `);
    chmodSync(join(machine.root, secrets), 0o644);
    await fetch();
    expect(machine.read(secrets)).toBe(before);
    expect(mode(secrets)).toBe(0o640);
    const kept = putBack()?.kept ?? "";
    expect(mode(kept + secrets)).toBe(0o600);
    expect(mode("/var/lib/lor/changed-by-hand")).toBe(0o700);
    expect(JSON.stringify(machine.status())).not.toContain("PLANTED");
  });

  it.each([
    ["a file that was deleted", () => rmSync(join(machine.root, nginx))],
    ["a mode", () => chmodSync(join(machine.root, nginx), 0o600)],
  ])("puts back %s", async (_name, change) => {
    const before = machine.read(nginx);
    change();
    await fetch();
    expect(machine.read(nginx)).toBe(before);
    expect(mode(nginx)).toBe(0o644);
    expect(putBack()?.files).toEqual([nginx]);
  });

  it("removes again what must not exist, and keeps it aside", async () => {
    machine.write("/etc/nginx/sites-enabled/default", "server {}");
    await fetch();
    expect(machine.has("/etc/nginx/sites-enabled/default")).toBe(false);
    expect(machine.read(`${putBack()?.kept}/etc/nginx/sites-enabled/default`)).toBe("server {}");
  });

  it("puts them back without the network, too", async () => {
    const before = machine.read(nginx);
    web.answers.delete("/ps-0.json");
    machine.write(nginx, "changed by hand");
    expect((await fetch()).code).toBe(0);
    expect(machine.read(nginx)).toBe(before);
  });

  it("leaves them while a person holds them, tells what differs, and puts them back afterwards", async () => {
    machine.write("/etc/lor/keep-changes", "nginx is being repaired");
    machine.write(nginx, "changed by hand");
    expect((await fetch()).code).toBe(0);
    expect(machine.read(nginx)).toBe("changed by hand");
    expect(machine.status()).toMatchObject({ differences: [{ kind: "file", name: nginx, what: "content" }] });
    rmSync(join(machine.root, "/etc/lor/keep-changes"));
    await fetch();
    expect(machine.read(nginx)).not.toBe("changed by hand");
    expect(machine.status()).toMatchObject({ differences: [] });
  });

  it("says when nginx refuses the document's own file, and goes on with what runs", async () => {
    machine.write(nginx, "changed by hand");
    machine.fake("nginx", "exit 1");
    expect((await fetch()).code).toBe(1);
    expect(machine.status()).toMatchObject({ state: "failed", message: expect.stringContaining("nginx") });
    expect(machine.read(`${putBack()?.kept}${nginx}`)).toBe("changed by hand");
  });

  it("keeps the newest ten sets", async () => {
    for (let time = 0; time < 12; time++) {
      machine.write(nginx, `change ${time}`);
      await fetch();
    }
    const sets = readdirSync(join(machine.root, "var/lib/lor/changed-by-hand")).sort();
    expect(sets).toHaveLength(10);
    expect(machine.read(`/var/lib/lor/changed-by-hand/${sets[9]}${nginx}`)).toBe("change 11");
  });
});

describe("a front with a new document", () => {
  it("does not take the document's own changes for a person's", async () => {
    publish("other.example");
    await fetch();
    expect(machine.read(nginx)).toContain("other.example");
    expect(putBack()).toBeNull();
    machine.takeCalls();
    await fetch();
    expect(actions()).toEqual([]);
  });

  it("applies its document again when the manifest was lost", async () => {
    rmSync(join(machine.root, "var/lib/lor/manifest.json"));
    machine.write(nginx, "changed by hand");
    await fetch();
    expect(machine.read(nginx)).toContain("shop.example");
    expect(existsSync(join(machine.root, "var/lib/lor/manifest.json"))).toBe(true);
  });
});

describe("a front whose units a person changed", () => {
  it("tells it, and leaves them: somebody may have stopped a service on purpose", async () => {
    machine.write("/units", "LoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\n");
    expect((await fetch()).code).toBe(0);
    expect(machine.status()).toMatchObject({
      state: "applied",
      differences: expect.arrayContaining([{ kind: "unit", name: "nginx.service", what: "active" }]),
    });
    expect(actions()).toEqual([]);
    machine.write("/units", "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n");
    await fetch();
    expect(machine.status()).toMatchObject({ differences: [] });
  });
});
