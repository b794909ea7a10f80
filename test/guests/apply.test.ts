import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GuestDocument } from "../../src/machines/document.ts";
import { packDocument } from "../../src/machines/pack-document.ts";
import { type GuestDocumentInput, renderGuestDocument } from "../../src/machines/render-document.ts";
import { shopInput } from "./guest-inputs.ts";
import { Sandbox, sha256, Web } from "./sandbox.ts";

/** A release as PrestaShop publishes it: a zip that holds a zip. */
function makeRelease(version: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "lor-release-"));
  for (const part of ["img", "admin", "install", "app/config", "override/classes/db", "var/cache/prod"])
    mkdirSync(join(folder, "shop", part), { recursive: true });
  writeFileSync(join(folder, "shop/index.php"), `<?php echo '${version}';`);
  writeFileSync(join(folder, "shop/img/logo.jpg"), "logo");
  writeFileSync(join(folder, "shop/admin/index.php"), "<?php");
  writeFileSync(
    join(folder, "shop/install/install_version.php"),
    `<?php define('_PS_INSTALL_VERSION_', '${version}');`,
  );
  const zip = "import shutil,sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2])";
  mkdirSync(join(folder, "outer"));
  execFileSync("python3", ["-c", zip, join(folder, "outer/prestashop"), join(folder, "shop")]);
  execFileSync("python3", ["-c", zip, join(folder, "release"), join(folder, "outer")]);
  return readFileSync(join(folder, "release.zip"));
}

const first = makeRelease("8.2.1");
const second = makeRelease("8.2.2");

let machine: Sandbox;
let web: Web;

beforeEach(async () => {
  machine = new Sandbox();
  web = await Web.start();
  web.answers.set("/8.2.1.zip", { status: 200, body: first });
  web.answers.set("/8.2.2.zip", { status: 200, body: second });
  web.answers.set("/health", { status: 200, body: "ok" });
  shop({ kind: "empty", tables: 0, version: null });
  machine.identify({ name: "ps-0", role: "prestashop", documentUrl: `${web.url}/ps-0.json?temp_url_sig=signed` });
});

afterEach(async () => {
  await web.stop();
  machine.remove();
});

/** What the shop's database holds. */
function shop(state: object): void {
  machine.fake("php8.2", `case "$*" in *shop-state*) echo '${JSON.stringify(state)}';; esac`);
}

function publish(changes: Partial<GuestDocumentInput> = {}): string {
  const release = { version: "8.2.1", url: `${web.url}/8.2.1.zip`, sha256: sha256(first) };
  return store(packDocument(renderGuestDocument({ ...shopInput, release, ...changes })));
}

function store(document: GuestDocument): string {
  const body = JSON.stringify(document);
  web.answers.set("/ps-0.json?temp_url_sig=signed", { status: 200, body });
  return body;
}

const fetch = () => machine.fetch({ LOR_PROBE: `${web.url}/health`, LOR_PROBE_PAUSE_SECONDS: "0.01" });
const serving = () => join("/srv/lor", readlinkSync(join(machine.root, "srv/lor/current")));
const later = () => ({ version: "8.2.2", url: `${web.url}/8.2.2.zip`, sha256: sha256(second) });

describe("a front", () => {
  it("becomes what its document says, and a second run does nothing", async () => {
    publish();
    expect(await fetch()).toEqual({ code: 0, out: "" });
    expect(machine.status()).toMatchObject({ state: "applied", wantedRelease: "8.2.1", serving: serving() });
    // Whoever watches the machine reads its status, and is not root.
    expect(statSync(join(machine.root, "var/lib/lor")).mode & 0o777).toBe(0o755);
    expect(statSync(join(machine.root, "var/lib/lor/status.json")).mode & 0o777).toBe(0o644);
    expect(machine.read(`${serving()}/index.php`)).toContain("8.2.1");
    expect(statSync(join(machine.root, "etc/lor/shop.json")).mode & 0o777).toBe(0o640);
    expect(statSync(join(machine.root, "etc/lor/rclone.conf")).mode & 0o777).toBe(0o600);
    expect(machine.read("/etc/ssh/lor_administrators")).toBe("ssh-ed25519 AAAA administrator@lor.example\n");
    const calls = machine.takeCalls();
    expect(calls).toContain("systemctl reload-or-restart php8.2-fpm.service");
    expect(calls.join("\n")).not.toContain("PLANTED");

    const asked = web.requests.length;
    expect((await fetch()).code).toBe(0);
    expect(machine.takeChanges()).toEqual([]);
    expect(web.requests.slice(asked)).toEqual(["GET /ps-0.json?temp_url_sig=signed"]);
  });

  it("applies a document that was stored unpacked, and one whose unpacking was cut", async () => {
    const release = { version: "8.2.1", url: `${web.url}/8.2.1.zip`, sha256: sha256(first) };
    const document = renderGuestDocument({ ...shopInput, release });
    store(document);
    expect(await fetch()).toEqual({ code: 0, out: "" });

    const body = store(packDocument({ ...document, administratorKeys: ["ssh-ed25519 BBBB new@lor.example"] }));
    const bundle = `/var/lib/lor/bundles/${sha256(Buffer.from(body))}`;
    const [unpacker] = packDocument(document).files;
    // Cut before the unpacker gave its place to lor-apply: the document is whole, and it runs again.
    machine.write(
      `${bundle}/document.json`,
      JSON.stringify({ ...document, administratorKeys: ["ssh-ed25519 BBBB new@lor.example"] }),
    );
    machine.write(`${bundle}/files/usr/local/sbin/lor-apply`, unpacker?.content ?? "");
    chmodSync(join(machine.root, bundle, "files/usr/local/sbin/lor-apply"), 0o755);
    expect(await fetch()).toEqual({ code: 0, out: "" });
    expect(machine.read("/etc/ssh/lor_administrators")).toBe("ssh-ed25519 BBBB new@lor.example\n");
    expect(machine.read("/usr/local/sbin/lor-apply")).toBe(machine.read(`${bundle}/files/usr/local/sbin/lor-apply`));
  });

  it("hides the installer, names the administration the same on every front, shares the images", async () => {
    publish();
    await fetch();
    const release = serving();
    expect(machine.has(`${release}/install`)).toBe(false);
    expect(machine.has(`${release}/admin`)).toBe(false);
    const names = execFileSync("ls", [join(machine.root, release)], { encoding: "utf8" });
    expect(names).toMatch(/^admin[0-9a-f]{10}$/m);
    expect(readlinkSync(join(machine.root, release, "img"))).toBe("../../images/img");
    expect(machine.takeCalls().filter((call) => call.startsWith("rclone"))).toEqual([
      `rclone --config ${machine.root}/etc/lor/rclone.conf copy --ignore-existing ${machine.root}${release}/img images:img`,
    ]);
    expect(machine.read(`${release}/app/config/parameters.php`)).toContain("/etc/lor/shop.json");
  });

  it("has the pair of keys of PrestaShop's API, the same on every front, as OpenSSL knows it", async () => {
    publish();
    await fetch();
    const { apiPublicKey, apiPrivateKey } = JSON.parse(machine.read("/etc/lor/shop.json")) as Record<string, string>;
    const code = `$parameters = (require '${machine.root}${serving()}/app/config/parameters.php')['parameters'];
      echo json_encode([$parameters['api_public_key'], $parameters['api_private_key']]);`;
    expect(JSON.parse((await machine.run("/usr/bin/php8.2", ["-r", code])).out)).toEqual([apiPublicKey, apiPrivateKey]);
    const key = createPrivateKey(apiPrivateKey ?? "");
    expect(createPublicKey(key).export({ type: "spki", format: "pem" })).toBe(apiPublicKey);
    expect(key.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, publicExponent: 65537n });
    machine.write("/key.pem", apiPrivateKey ?? "");
    const checked = await machine.run("openssl", ["rsa", "-check", "-noout", "-in", join(machine.root, "key.pem")]);
    expect(checked).toMatchObject({ code: 0, out: expect.stringContaining("RSA key ok") as string });
    const other = join(machine.root, "usr/local/lib/lor");
    const again = `import sys; sys.path.insert(0, "${other}"); import lor_api_keys as keys; a = keys.api_keys("one"); keys.api_keys.cache_clear()
print(a == keys.api_keys("one"), a == keys.api_keys("other"))`;
    expect((await machine.run("python3", ["-c", again])).out).toBe("True False\n");
  });

  it("ends what dpkg was at when the power went, and installs what is absent", async () => {
    machine.fake("dpkg-query", "exit 1");
    machine.fake("dpkg", 'touch "$LOR_ROOT/mended"');
    const words = "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.";
    machine.fake(
      "apt-get",
      `case "$*" in *update) ;; *) [ -e "$LOR_ROOT/mended" ] || { echo "${words}"; exit 100; };; esac`,
    );
    publish();
    expect((await fetch()).code).toBe(0);
    expect(machine.takeCalls()).toContain("dpkg --force-confold --configure -a");
  });

  it("changes its password without touching the release", async () => {
    publish();
    await fetch();
    const before = serving();
    publish({ database: { ...shopInput.database, host: "10.10.2.20", password: "another" } });
    expect((await fetch()).code).toBe(0);
    expect(serving()).toBe(before);
    expect(JSON.parse(machine.read("/etc/lor/shop.json"))).toMatchObject({
      database: { host: "10.10.2.20", password: "another" },
    });
    expect(web.requests.filter((request) => request.includes(".zip"))).toHaveLength(1);
  });

  it("switches to another release at once, and keeps the one before", async () => {
    publish();
    await fetch();
    const before = serving();
    publish({ release: later() });
    expect((await fetch()).code).toBe(0);
    expect(serving()).toContain("8.2.2");
    expect(machine.has(`${before}/index.php`)).toBe(true);
  });

  it("never puts a release in place that needs tables of another version", async () => {
    publish();
    await fetch();
    const before = serving();
    shop({ kind: "shop", tables: 300, version: "8.2.1" });
    publish({ release: later() });
    expect((await fetch()).code).toBe(1);
    expect(serving()).toBe(before);
    expect(String(machine.status().message)).toContain("PrestaShop 8.2.2 needs tables of its own version");
  });

  it("waits with another release for a database that does not answer, and goes on with its own", async () => {
    publish();
    await fetch();
    const before = serving();
    shop({ error: "the database cannot be reached" });
    publish({ release: later() });
    expect((await fetch()).code).toBe(75);
    expect(serving()).toBe(before);
    expect(machine.status()).toMatchObject({ state: "waiting" });
    publish({ domain: "new.lor.example" });
    expect((await fetch()).code).toBe(0);
  });

  it("waits for an archive that cannot be fetched, and names its address without what is secret in it", async () => {
    publish();
    await fetch();
    publish({
      release: { ...later(), url: `${web.url}/missing.zip?signature=word` },
    });
    expect((await fetch()).code).toBe(75);
    const message = String(machine.status().message);
    expect(message).toContain(`can't be fetched from ${web.url}/missing.zip: `);
    expect(message).not.toContain("word");
  });

  it("refuses an archive with another checksum, goes on with what it has, and does not ask again every few minutes", async () => {
    publish();
    await fetch();
    const before = serving();
    web.answers.set("/8.2.2.zip", { status: 200, body: Buffer.concat([second, Buffer.from("x")]) });
    publish({ release: later() });
    expect((await fetch()).code).toBe(1);
    expect(serving()).toBe(before);
    expect(machine.status()).toMatchObject({ state: "failed", serving: before, wantedRelease: "8.2.2" });
    expect(String(machine.status().message)).toContain(`${web.url}/8.2.2.zip has another checksum`);
    machine.takeCalls();
    expect((await fetch()).code).toBe(1);
    expect(machine.takeCalls()).toEqual([]);
    const asked = () => web.requests.filter((request) => request.includes("8.2.2")).length;
    expect(asked()).toBe(1);
    // Both were noted while the clock was a day ahead.
    const tomorrow = new Date(Date.now() + 86_400_000);
    const refused = JSON.parse(machine.read("/var/lib/lor/refused-archive.json")) as object;
    machine.write("/var/lib/lor/refused-archive.json", JSON.stringify({ ...refused, at: tomorrow.getTime() / 1000 }));
    machine.write("/var/lib/lor/status.json", JSON.stringify({ ...machine.status(), at: tomorrow.toISOString() }));
    expect((await fetch()).code).toBe(1);
    expect(asked()).toBe(2);
  });

  it("has the programs that say why before its first release, and none of a document whose release is refused later", async () => {
    const wrong = sha256(Buffer.from("another archive"));
    const status = async () =>
      JSON.parse((await machine.run(`${machine.root}/usr/local/sbin/lor-app`, ["status"])).out);
    publish({ release: { version: "8.2.1", url: `${web.url}/8.2.1.zip`, sha256: wrong } });
    expect((await fetch()).code).toBe(1);
    const reasons = { state: expect.stringContaining(`wanted ${wrong}, seen ${sha256(first)}`) as string };
    expect(await status()).toMatchObject({ release: null, state: "failed", health: "no release is in place", reasons });
    // Nothing of the application is started for it.
    expect(machine.takeCalls().join("\n")).not.toMatch(/systemctl .*(nginx|php|lor-)/);
    publish({ release: { version: "8.2.1", url: `${web.url}/absent.zip`, sha256: sha256(first) } });
    expect((await fetch()).code).toBe(75);
    expect(await status()).toMatchObject({
      state: "waiting",
      reasons: { state: expect.stringContaining("404") as string },
    });

    publish();
    expect((await fetch()).code).toBe(0);
    const site = machine.read("/etc/nginx/sites-enabled/lor");
    publish({ domain: "new.lor.example", release: { ...later(), sha256: wrong } });
    expect((await fetch()).code).toBe(1);
    expect(machine.read("/etc/nginx/sites-enabled/lor")).toBe(site);
    expect(await status()).toMatchObject({ release: "8.2.1", wantedRelease: "8.2.2", state: "failed" });
  });

  it("waits while a disk is full, and leaves nothing of a release that found no room", async () => {
    publish();
    await fetch();
    const releases = readdirSync(join(machine.root, "srv/lor/releases"));
    publish({ release: later() });
    machine.fake("rclone", "echo 'img: No space left on device' >&2; exit 1");
    expect((await fetch()).code).toBe(75);
    expect(machine.status()).toMatchObject({ state: "waiting" });
    expect(String(machine.status().message)).toContain("No space left on device");
    machine.fake("rclone", "");
    // An archive of which no part can be unpacked.
    const cut = Buffer.from("PK");
    web.answers.set("/cut.zip", { status: 200, body: cut });
    publish({ release: { version: "8.2.3", url: `${web.url}/cut.zip`, sha256: sha256(cut) } });
    expect((await fetch()).code).toBe(1);
    expect(readdirSync(join(machine.root, "srv/lor/downloads"))).toEqual([]);
    publish({ release: later() });
    expect(readdirSync(join(machine.root, "srv/lor/releases"))).toEqual([
      ...releases,
      expect.stringMatching(/^8\.2\.2-[0-9a-f]{12}$/),
    ]);
    expect((await fetch()).code).toBe(0);
  });

  it("puts the old release and files back when the new one does not answer", async () => {
    publish();
    await fetch();
    const before = serving();
    const site = machine.read("/etc/nginx/sites-enabled/lor");
    web.answers.set("/health", { status: 503, body: "database" });
    publish({ release: later(), domain: "new.lor.example" });
    expect((await fetch()).code).toBe(1);
    expect(serving()).toBe(before);
    expect(machine.read("/etc/nginx/sites-enabled/lor")).toBe(site);
    expect(String(machine.status().message)).toContain("does not answer");
  });

  it("puts the files back when nginx refuses them", async () => {
    publish();
    await fetch();
    const site = machine.read("/etc/nginx/sites-enabled/lor");
    machine.fake("nginx", "echo 'unexpected }' >&2; exit 1");
    publish({ domain: "new.lor.example" });
    expect((await fetch()).code).toBe(1);
    expect(machine.read("/etc/nginx/sites-enabled/lor")).toBe(site);
    expect(String(machine.status().message)).toContain("unexpected }");
  });

  it("goes on without the network: the last document is applied again", async () => {
    publish();
    await fetch();
    web.answers.delete("/ps-0.json?temp_url_sig=signed");
    const done = await fetch();
    expect(done.code).toBe(0);
    expect(done.out).toContain("no new document");
    expect(done.out).not.toContain("signed");
    const since = machine.status().notFetchedSince;
    expect(since).toMatch(/^\d{4}-/);
    await fetch();
    expect(machine.status()).toMatchObject({ state: "applied", notFetchedSince: since });
    publish();
    await fetch();
    expect(machine.status()).toMatchObject({ state: "applied", notFetchedSince: null });
  });

  it("does not take another machine's document", async () => {
    publish({ name: "ps-1" });
    const done = await fetch();
    expect(done.code).toBe(75);
    expect(machine.has("/srv/lor/current")).toBe(false);
  });

  it("takes a timer away with the copy that it started", async () => {
    publish();
    await fetch();
    const { imagesCopy: _none, ...withoutCopy } = shopInput;
    const release = { version: "8.2.1", url: `${web.url}/8.2.1.zip`, sha256: sha256(first) };
    const body = JSON.stringify(renderGuestDocument({ ...withoutCopy, release }));
    web.answers.set("/ps-0.json?temp_url_sig=signed", { status: 200, body });
    machine.takeCalls();
    expect((await fetch()).code).toBe(0);
    expect(machine.takeCalls()).toContain("systemctl disable --now lor-images-copy.timer");
    expect(machine.has("/etc/systemd/system/lor-images-copy.timer")).toBe(false);
  });
});

describe("the data volume", () => {
  const disks = (...found: object[]) =>
    machine.fake("lsblk", `cat <<'END'\n${JSON.stringify({ blockdevices: found })}\nEND`);
  const system = {
    path: "/dev/sda",
    type: "disk",
    fstype: null,
    label: null,
    pttype: "gpt",
    mountpoints: [null],
    children: [{}],
  };
  const blank = (path: string) => ({
    path,
    type: "disk",
    fstype: null,
    label: null,
    pttype: null,
    mountpoints: [null],
  });
  let device: string;

  beforeEach(() => {
    device = join(machine.root, "disk");
    writeFileSync(device, Buffer.alloc(6 * 1024 * 1024));
    // Mounted once systemctl was asked to.
    machine.fake("findmnt", `grep -q 'systemctl enable --now srv.mount' "$LOR_ROOT/calls" && echo lor-data`);
    machine.fake("blkid", "exit 2");
    publish();
  });

  it("is waited for", async () => {
    disks(system);
    expect((await fetch()).code).toBe(75);
    expect(machine.status()).toMatchObject({ state: "waiting" });
  });

  it("is formatted when it is empty, and mounted", async () => {
    disks(system, blank(device));
    expect((await fetch()).code).toBe(0);
    expect(machine.takeCalls()).toContain(`mkfs.ext4 -q -L lor-data ${device}`);
  });

  it("is mounted as it is when it has the label", async () => {
    disks(system, { ...blank(device), fstype: "ext4", label: "lor-data" });
    expect((await fetch()).code).toBe(0);
    expect(machine.takeCalls().join("\n")).not.toContain("mkfs");
  });

  it.each([
    ["something that blkid knows", () => machine.fake("blkid", "exit 0")],
    [
      "bytes at its start",
      () => writeFileSync(device, Buffer.concat([Buffer.alloc(1_000_000), Buffer.from("x"), Buffer.alloc(5_000_000)])),
    ],
    ["bytes at its end", () => writeFileSync(device, Buffer.concat([Buffer.alloc(6_000_000), Buffer.from("x")]))],
  ])("is left alone when it holds %s", async (_what, fill) => {
    disks(system, blank(device));
    fill();
    expect((await fetch()).code).toBe(1);
    expect(machine.takeCalls().join("\n")).not.toContain("mkfs");
    expect(String(machine.status().message)).toContain("not empty");
  });

  it("is never guessed between two", async () => {
    disks(system, blank(device), blank(`${device}-2`));
    expect((await fetch()).code).toBe(1);
    expect(machine.takeCalls().join("\n")).not.toContain("mkfs");
  });
});
