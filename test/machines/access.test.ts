import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { signTempUrl } from "../../components/base/temp-url.ts";
import { storedLogs } from "../../src/actions/machines/stored-logs.ts";
import type { ContainerClient, ServerView } from "../../src/clouds/clients.ts";
import { authorizedKeys } from "../../src/machines/access/files.ts";
import { documentName, type GuestRole, hostKeysName, logsPrefix } from "../../src/machines/document.ts";
import { packDocument } from "../../src/machines/pack-document.ts";
import { renderBastionDocument, renderGuestDocument } from "../../src/machines/render-document.ts";
import { renderUserData } from "../../src/machines/user-data.ts";
import { systemClock } from "../../src/os/host.ts";
import { shellWords } from "../../src/os/shell-words.ts";
import { PinnedHostKeys } from "../../src/stack/ssh/host-keys.ts";
import { findIdentities } from "../../src/stack/ssh/identities.ts";
import { SshAccess } from "../../src/stack/ssh/ssh-access.ts";
import type { MachineRoutes } from "../../src/systems/contract.ts";
import { plantedMark, shopInput } from "../guests/guest-inputs.ts";
import { makeKey } from "../guests/ssh-servers.ts";
import { createPart } from "../local-cloud/test-cloud.ts";
import { type Lab, obstacle, openLab, waitFor } from "./lab.ts";

const place = { region: "GRA", name: "lor-prod-configuration" };
const containerKey = `${plantedMark}-container-key`;
const addresses = { bastion: "10.10.5.10", "ps-0": "10.10.1.10" } as const;
type Name = keyof typeof addresses;

describe.skipIf(obstacle !== undefined)("administrators", () => {
  let lab: Lab;
  let home: string;
  let key: string;
  const serverIds = new Map<Name, string>();

  function sign(method: "GET" | "PUT", object: string, prefix = false): string {
    const accountUrl = `https://storage.gra.cloud.ovh.net/v1/AUTH_${lab.cloud.keystone.projectId}`;
    const expiresAtSeconds = 4_102_444_800;
    return signTempUrl({
      method,
      accountUrl,
      container: place.name,
      object,
      prefix,
      key: containerKey,
      expiresAtSeconds,
    });
  }

  /** Writes the documents of both machines, for administrators with these keys. */
  function publish(administrators: readonly { readonly name: string; readonly key: string }[]): void {
    const shared = (name: Name) => ({
      name,
      administratorKeys: authorizedKeys(administrators),
      hostKeysUrl: sign("PUT", hostKeysName(name)),
      logs: {
        target: sign("PUT", logsPrefix(name), true).replace(/^https:/, "swift:"),
        keepSeconds: 86_400,
        everySeconds: 2,
      },
    });
    const machines = [addresses["ps-0"]];
    const documents = [
      packDocument(renderBastionDocument({ ...shared("bastion"), role: "bastion", machines, shell: false })),
      // Its release exists nowhere: who may log in does not depend on it.
      packDocument(renderGuestDocument({ ...shopInput, ...shared("ps-0"), role: "prestashop" })),
    ];
    for (const document of documents) {
      lab.cloud.swift.objects.put({
        region: place.region,
        container: place.name,
        name: documentName(document.name),
        content: JSON.stringify(document),
      });
    }
  }

  async function boot(name: Name, role: GuestRole, part: number): Promise<void> {
    const { networkId, subnetId } = createPart(lab.cloud, part);
    const { neutron, nova } = lab.cloud;
    const port = neutron.ports.create({ name, networkId, fixedIps: [{ subnetId, ipAddress: addresses[name] }] });
    const server = nova.servers.create({
      name: `lor-prod-${name}`,
      imageName: "Debian 12",
      flavorName: "b2-7-flex",
      networks: [{ portId: port.id }],
      userData: renderUserData({ name, role, documentUrl: sign("GET", documentName(name)) }),
    });
    serverIds.set(name, server.id);
    await settle();
  }

  async function settle(): Promise<void> {
    lab.cloud.clock.step(200);
    lab.cloud.advance();
    await lab.machines.settled();
  }

  const machine = (name: Name) => lab.machines.named(`lor-prod-${name}`);
  const containers = {
    read: async (_: unknown, name: string) => {
      try {
        return JSON.parse(lab.cloud.swift.objects.content(place.name, name, place.region)) as unknown;
      } catch {
        return undefined;
      }
    },
    list: async (_: unknown, prefix: string) =>
      lab.cloud.swift.objects
        .list(place.name, place.region)
        .map(({ name }) => name)
        .filter((name) => name.startsWith(prefix)),
  } as unknown as ContainerClient;

  /** Access by OpenSSH's client inside the machines' network. */
  function open(): SshAccess {
    const routes: MachineRoutes = {
      bastion: { name: "bastion", cloudName: "lor-prod-bastion", address: addresses.bastion, user: "jump" },
      bastionShell: undefined,
      bastionAddress: () => addresses.bastion,
      machines: [{ name: "ps-0", cloudName: "lor-prod-ps-0", address: addresses["ps-0"], user: "debian" }],
      administrators: [{ name: "anna", key }],
      administratorEmail: "anna@lor.example",
    };
    const env = { PATH: `${join(lab.folder, "bin")}:${process.env.PATH}`, HOME: home };
    const folder = join(lab.folder, "access");
    return new SshAccess({
      folder,
      routes,
      prefix: "lor-prod",
      bastion: { host: addresses.bastion, port: 22 },
      compute: {
        findServers: async () =>
          lab.cloud.nova.servers.list().map(({ id, name }) => ({ id, name, state: "active" }) as ServerView),
      },
      hostKeys: new PinnedHostKeys(folder, containers, place),
      identities: findIdentities({ administrators: routes.administrators, env }),
      identityFile: undefined,
      trusted: undefined,
      env,
      signal: undefined,
      clock: systemClock,
    });
  }

  const published = (name: Name) =>
    waitFor(`the host keys of ${name}`, async () => {
      const value = (await containers.read(place, hostKeysName(name))) as { readonly serverId?: string } | undefined;
      return value?.serverId === serverIds.get(name) ? value : undefined;
    });

  beforeAll(async () => {
    lab = await openLab();
    home = join(lab.folder, "home");
    mkdirSync(join(home, ".ssh"), { recursive: true });
    mkdirSync(join(lab.folder, "bin"));
    makeKey(join(home, ".ssh", "id_ed25519"));
    key = readFileSync(join(home, ".ssh", "id_ed25519.pub"), "utf8")
      .split(" ")
      .slice(0, 2)
      .join(" ");
    for (const program of ["ssh", "scp"]) {
      const file = join(lab.folder, "bin", program);
      const inside = shellWords(lab.machines.network.inside([`/usr/bin/${program}`]));
      // The client starts itself again for the first hop, inside.
      const again = `[ -n "$LOR_INSIDE" ] && exec /usr/bin/${program} "$@"`;
      writeFileSync(file, `#!/bin/sh\n${again}\nLOR_INSIDE=1 exec ${inside} "$@"\n`);
      chmodSync(file, 0o755);
    }
    lab.cloud.swift.containers.put({ ...place, metadata: { "Temp-URL-Key": containerKey } });
    publish([{ name: "anna", key }]);
    await boot("bastion", "bastion", 5);
    await published("bastion");
    await boot("ps-0", "prestashop", 1);
    await published("ps-0");
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  it("log in to a machine through the bastion, whose host keys are the published ones", async () => {
    expect(await open().run("ps-0", ["sh", "-c", "hostname; id -un; sudo -n id -un"])).toEqual({
      code: 0,
      stdout: "lor-prod-ps-0\ndebian\nroot\n",
      stderr: "",
    });
    expect(await open().run("ps-0", ["sh", "-c", "cat; exit 7"], { input: "typed" })).toMatchObject({
      code: 7,
      stdout: "typed",
    });
  });

  it("are named in the machine's journal, with what they ran", async () => {
    await open().run("ps-0", ["echo", "a b\nc"]);
    const { stdout } = await open().run("ps-0", ["sudo", "-n", "journalctl", "-t", "lor-session", "-o", "cat"]);
    const sessions = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(sessions).toContainEqual({ who: "anna", from: addresses.bastion, command: "echo 'a b\nc'" });
    expect(await machine("bastion").run(["journalctl", "-u", "ssh", "-o", "cat"])).toContain(
      "Accepted publickey for jump from",
    );
  });

  it("get no shell on the bastion, and a forward to nothing but the machines", async () => {
    await expect(open().run("bastion", ["id"])).rejects.toThrow(
      expect.objectContaining({ code: "bastion-without-shell" }),
    );
    const access = open();
    await access.run("ps-0", ["true"]);
    const client = (...args: readonly string[]) =>
      spawnSync(join(lab.folder, "bin", "ssh"), ["-F", join(lab.folder, "access", "ssh.config"), ...args], {
        encoding: "utf8",
        input: "",
        env: { PATH: `${join(lab.folder, "bin")}:${process.env.PATH}`, HOME: home },
      });
    expect(client("bastion", "id")).toMatchObject({ status: 255, stdout: "" });
    for (const target of ["169.254.169.254:80", "10.10.1.10:80", "127.0.0.1:22"]) {
      expect(client("-W", target, "bastion").stderr, target).toContain("administratively prohibited");
    }
  });

  it("read a machine's lines from the object storage", async () => {
    await machine("ps-0").run(["logger", "-t", "test", `line with ${shopInput.database.password}`]);
    const since = new Date(0);
    const line = await waitFor("the line in the object storage", async () => {
      const query = { machine: "ps-0", since, grep: "line with", sessions: false };
      return (await storedLogs(containers, place, query)).lines.find(({ identifier }) => identifier === "test");
    });
    expect(line.message).toBe("line with [secret]");
  });

  it("can log in after a reboot, by the same host keys, and lose no line over it", async () => {
    await machine("ps-0").run(["logger", "-t", "test", "before the reboot"]);
    lab.cloud.nova.servers.reboot(serverIds.get("ps-0") ?? "");
    await settle();
    await waitFor("the machine after its reboot", async () => {
      const answer = await open()
        .run("ps-0", ["uptime", "-s"])
        .catch(() => undefined);
      return answer?.code === 0 ? answer : undefined;
    });
    const { lines } = await storedLogs(containers, place, { machine: "ps-0", since: new Date(0), sessions: false });
    expect(lines.filter(({ message }) => message === "before the reboot")).toHaveLength(1);
  });

  it("cannot log in any more once their key is removed from the settings", async () => {
    publish([
      { name: "bruno", key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBrunoBrunoBrunoBrunoBrunoBrunoBrunoBrunoBru" },
    ]);
    // Its release cannot be fetched, so applying fails, and the keys are applied all the same.
    await machine("ps-0").try(["/usr/local/sbin/lor-fetch"]);
    await expect(open().run("ps-0", ["true"])).rejects.toThrow(
      expect.objectContaining({ code: "ssh-key-refused", message: expect.stringContaining("ps-0") }),
    );
    await machine("bastion").run(["/usr/local/sbin/lor-fetch"]);
    await expect(open().run("ps-0", ["true"])).rejects.toThrow(
      expect.objectContaining({ code: "ssh-key-refused", message: expect.stringContaining("bastion") }),
    );
    publish([{ name: "anna", key }]);
    await machine("bastion").run(["/usr/local/sbin/lor-fetch"]);
    await machine("ps-0").try(["/usr/local/sbin/lor-fetch"]);
    expect(await open().run("ps-0", ["true"])).toMatchObject({ code: 0 });
  });

  it("leave no secret in journals, process lists and consoles", async () => {
    for (const name of ["bastion", "ps-0"] as const) {
      expect(
        await machine(name)
          .run(["journalctl", "--no-pager", "-o", "cat", "--grep", "temp_url_sig=[0-9a-f]{8}", "-q"])
          .catch(() => ""),
      ).toBe("");
      expect(await machine(name).run(["ps", "-eo", "args"])).not.toContain("temp_url_sig");
      expect(readFileSync(machine(name).consoleFile, "utf8")).not.toMatch(/temp_url_sig=[0-9a-f]{8}/);
    }
  });

  it("are told that a new server has not published its keys, then reach it", async () => {
    lab.cloud.nova.servers.delete(serverIds.get("ps-0") ?? "");
    await settle();
    await expect(open().run("ps-0", ["true"])).rejects.toThrow(expect.objectContaining({ code: "machine-missing" }));
    expect(
      (await storedLogs(containers, place, { machine: "ps-0", since: new Date(0), sessions: true })).lines.length,
    ).toBeGreaterThan(0);
    const [port] = lab.cloud.neutron.ports.list({ name: "ps-0" });
    const server = lab.cloud.nova.servers.create({
      name: "lor-prod-ps-0",
      imageName: "Debian 12",
      flavorName: "b2-7-flex",
      networks: [{ portId: port?.id ?? "" }],
      userData: renderUserData({ name: "ps-0", role: "prestashop", documentUrl: sign("GET", documentName("ps-0")) }),
    });
    serverIds.set("ps-0", server.id);
    await settle();
    await expect(open().run("ps-0", ["true"])).rejects.toThrow(expect.objectContaining({ code: "host-key-unknown" }));
    await published("ps-0");
    // It has published its keys early in its first start, and may not take connections yet.
    const reached = await vi.waitFor(() => open().run("ps-0", ["hostname"]), { timeout: 120_000, interval: 500 });
    expect(reached).toMatchObject({ code: 0, stdout: "lor-prod-ps-0\n" });
  });
});
