import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { authorizedKeys } from "../../src/machines/access/files.ts";
import type { BastionDocument, GuestDocument } from "../../src/machines/document.ts";
import { packDocument } from "../../src/machines/pack-document.ts";
import { renderBastionDocument, renderGuestDocument } from "../../src/machines/render-document.ts";
import { shopInput } from "./guest-inputs.ts";
import { ensureGuestTools } from "./guest-tools.ts";
import { Sandbox, Web } from "./sandbox.ts";

const configuration = "/etc/ssh/sshd_config.d/20-lor-access.conf";
const signed = "/host-keys/bastion.json?temp_url_sig=PLANTED";

const bastion = {
  name: "bastion",
  role: "bastion",
  administratorKeys: authorizedKeys([{ name: "anna", key: "ssh-ed25519 AAAA" }]),
  machines: ["10.10.1.10", "10.10.3.10"],
  shell: false,
} as const;

beforeAll(ensureGuestTools);

describe("configurations of the SSH server", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lor-sshd-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Settings that the server itself reports for a user. */
  function settingsOf(document: BastionDocument | GuestDocument, user: string): readonly string[] {
    const file = document.files.find(({ path }) => path === configuration);
    const key = join(folder, "host-key");
    spawnSync("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    writeFileSync(join(folder, "sshd_config"), `HostKey ${key}\n${file?.content ?? ""}`);
    mkdirSync("/run/sshd", { recursive: true });
    const where = ["-C", `user=${user},host=here,addr=127.0.0.1`];
    const { stdout, stderr, status } = spawnSync(
      "/usr/sbin/sshd",
      ["-T", "-f", join(folder, "sshd_config"), ...where],
      {
        encoding: "utf8",
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout.trim().split("\n");
  }

  it("let a bastion forward to the machines' SSH servers, and do nothing else", () => {
    const document = renderBastionDocument({ ...bastion, hostKeysUrl: "https://storage.example" });
    const settings = settingsOf(document, "jump");
    expect(settings).toEqual(
      expect.arrayContaining([
        "permitopen 10.10.1.10:22 10.10.3.10:22",
        "allowtcpforwarding local",
        "maxsessions 0",
        "permittty no",
        "allowagentforwarding no",
        "allowstreamlocalforwarding no",
        "permittunnel no",
        "permitlisten none",
        "loglevel VERBOSE",
      ]),
    );
    expect(settings.filter((line) => line.startsWith("allowusers"))).toEqual(["allowusers jump"]);
  });

  it("give a shell on the bastion only where it is asked for", () => {
    const document = renderBastionDocument({ ...bastion, shell: true, hostKeysUrl: "https://storage.example" });
    const settings = settingsOf(document, "debian");
    expect(settings).toContain("allowusers debian");
    expect(settings).toContain("forcecommand /usr/local/sbin/lor-session");
    expect(settings).toContain("allowtcpforwarding no");
  });

  it("note every session of an administrator on a machine", () => {
    const document = renderGuestDocument({ ...shopInput, hostKeysUrl: "https://storage.example" });
    const settings = settingsOf(document, "debian");
    expect(settings).toContain("forcecommand /usr/local/sbin/lor-session");
    expect(settings).toContain("permituserenvironment LOR_ADMINISTRATOR");
  });

  it("are those of before where nobody logs in", () => {
    expect(renderGuestDocument(shopInput).files.map(({ path }) => path)).not.toContain(configuration);
  });
});

describe("a machine", () => {
  let machine: Sandbox;
  let web: Web;
  const written: { url: string; body: string }[] = [];
  const documents = new Map<string, string>();

  beforeEach(async () => {
    machine = new Sandbox();
    written.length = 0;
    web = await Web.start((request, response) => {
      if (request.method !== "PUT") {
        const body = documents.get(request.url ?? "");
        response.writeHead(body === undefined ? 404 : 200).end(body);
        return;
      }
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        written.push({ url: request.url ?? "", body });
        response.writeHead(201).end();
      });
    });
  });
  afterEach(async () => {
    await web.stop();
    machine.remove();
  });

  function publish(document: BastionDocument | GuestDocument): void {
    machine.identify({ name: document.name, role: document.role, documentUrl: `${web.url}/document` });
    documents.set("/document", JSON.stringify(packDocument(document)));
  }

  it("becomes a bastion without a release and without a data volume", async () => {
    machine.fake("findmnt", "exit 1");
    publish(renderBastionDocument({ ...bastion, hostKeysUrl: `${web.url}${signed}` }));
    expect(await machine.fetch()).toEqual({ code: 0, out: "" });
    expect(machine.status()).toMatchObject({ state: "applied", wantedRelease: null, serving: null });
    expect(machine.read("/etc/ssh/lor_administrators")).toBe('environment="LOR_ADMINISTRATOR=anna" ssh-ed25519 AAAA\n');
    expect(statSync(join(machine.root, "etc/lor/host-keys-url")).mode & 0o777).toBe(0o600);
    const calls = machine.takeCalls();
    expect(calls.indexOf("sshd -t")).toBeGreaterThanOrEqual(0);
    expect(calls.indexOf("systemctl try-reload-or-restart ssh.service")).toBeGreaterThan(calls.indexOf("sshd -t"));
    expect(calls.join("\n")).not.toContain("PLANTED");

    expect(await machine.fetch()).toEqual({ code: 0, out: "" });
    expect(machine.takeChanges()).toEqual([]);
  });

  it("keeps a configuration that its SSH server accepts, and says what it refuses", async () => {
    const url = { hostKeysUrl: `${web.url}${signed}` };
    publish(renderBastionDocument({ ...bastion, ...url }));
    await machine.fetch();
    const before = machine.read(configuration);
    machine.fake("sshd", "echo bad configuration; exit 255");
    publish(renderBastionDocument({ ...bastion, ...url, machines: ["10.10.1.11"] }));
    machine.takeCalls();
    expect((await machine.fetch()).code).toBe(1);
    expect(machine.read(configuration)).toBe(before);
    expect(machine.status()).toMatchObject({ state: "failed", message: expect.stringContaining("bad configuration") });
    expect(machine.takeCalls()).not.toContain("systemctl try-reload-or-restart ssh.service");
  });

  it("removes a key although its release cannot be fetched", async () => {
    const keys = (...names: string[]) => authorizedKeys(names.map((name) => ({ name, key: `ssh-ed25519 ${name}` })));
    const release = { version: "9", url: `${web.url}/missing.zip`, sha256: "1".repeat(64) };
    publish(renderGuestDocument({ ...shopInput, release, administratorKeys: keys("anna", "bruno") }));
    expect((await machine.fetch()).code).not.toBe(0);
    expect(machine.read("/etc/ssh/lor_administrators")).toContain("bruno");
    publish(renderGuestDocument({ ...shopInput, release, administratorKeys: keys("anna") }));
    expect((await machine.fetch()).code).not.toBe(0);
    expect(machine.read("/etc/ssh/lor_administrators")).not.toContain("bruno");
  });

  it("publishes its public host keys and its server's id, to the one address", async () => {
    publish(renderBastionDocument({ ...bastion, hostKeysUrl: `${web.url}${signed}` }));
    await machine.fetch();
    const program = join(machine.root, "usr/local/sbin/lor-host-keys");
    expect((await machine.run("python3", ["-I", program])).code).toBe(1);

    machine.write("/etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 HOST root@bastion\n");
    machine.write("/etc/ssh/ssh_host_ed25519_key", "PLANTED private");
    machine.write("/var/lib/cloud/data/instance-id", "0b4f-server\n");
    const done = await machine.run("python3", ["-I", program]);
    expect(done).toEqual({ code: 0, out: "lor-host-keys: 1 keys published\n" });
    expect(written).toHaveLength(1);
    expect(written[0]?.url).toBe(signed);
    expect(JSON.parse(written[0]?.body ?? "")).toEqual({
      version: 1,
      name: "bastion",
      serverId: "0b4f-server",
      keys: ["ssh-ed25519 HOST"],
    });
  });

  it("never says the address that it could not write to", async () => {
    publish(renderBastionDocument({ ...bastion, hostKeysUrl: "http://127.0.0.1:1/object?temp_url_sig=PLANTED" }));
    await machine.fetch();
    machine.write("/etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 HOST root@bastion\n");
    machine.write("/var/lib/cloud/data/instance-id", "0b4f-server\n");
    const done = await machine.run("python3", ["-I", join(machine.root, "usr/local/sbin/lor-host-keys")]);
    expect(done.code).toBe(1);
    expect(done.out).toContain("not published");
    expect(done.out).not.toContain("PLANTED");
  });
});
