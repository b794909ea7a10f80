import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConfigureRequest } from "../../../src/ansible/configure-machines.ts";
import { runAnsible } from "../../../src/ansible/run-ansible.ts";
import { obstacle } from "../lab.ts";
import { SshMachine } from "./ssh-machine.ts";

const own = "/etc/ssh/sshd_config.d/10-lor.conf";
let machine: SshMachine;
let outside: { readonly namespace: string; readonly address: string };
let folder: string;

beforeAll(async () => {
  if (obstacle !== undefined) return;
  machine = await SshMachine.start();
  outside = machine.connectOutside();
  folder = mkdtempSync(join(tmpdir(), "lor-playbooks-"));
});

afterAll(() => {
  machine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface RoleRun {
  readonly vars?: object;
  readonly transport?: ConfigureRequest["transport"];
}

/** Applies one built-in role. @returns state of the machine, and why it failed */
async function apply(role: string, { vars = {}, transport = "mitogen" }: RoleRun = {}): Promise<string> {
  const playbook = join(folder, `${role}.yml`);
  const play = { name: role, hosts: "all", gather_facts: false, vars, roles: [{ role: `{{ lor_roles }}/${role}` }] };
  writeFileSync(playbook, JSON.stringify([play]));
  const result = await runAnsible({ env: process.env }).configure({
    mode: "apply",
    playbook,
    transport,
    inventory: { machines: [machine.managed()] },
    sshConfig: machine.sshConfig,
    identityFile: machine.identityFile,
  });
  const { state, failures } = result.hosts.machine ?? { state: "none", failures: [] };
  return [state, ...failures].join(": ");
}

const undoing = (name: string) =>
  machine.inside("systemctl", "is-active", `lor-undo-${name}.timer`).trim() === "active";
const write = (path: string, text: string) => writeFileSync(machine.path(path), text);
const remove = (path: string) => rmSync(machine.path(path), { force: true });
const there = (path: string) => existsSync(machine.path(path));

describe.skipIf(obstacle !== undefined)("the role packages", () => {
  /** A package of a repository on the machine. @param afterwards script that runs when it is installed */
  function offer(name: string, afterwards: string): void {
    const source = `/srv/${name}`;
    mkdirSync(machine.path(`${source}/DEBIAN`), { recursive: true });
    const control = `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: Test <test@lor.example>\nDescription: test\n`;
    write(`${source}/DEBIAN/control`, control);
    writeFileSync(machine.path(`${source}/DEBIAN/postinst`), `#!/bin/sh\n${afterwards}\n`, { mode: 0o755 });
    mkdirSync(machine.path("/srv/repository"), { recursive: true });
    machine.inside("dpkg-deb", "--build", source, `/srv/repository/${name}.deb`);
    const sum = machine.inside("sha256sum", `/srv/repository/${name}.deb`).split(" ")[0];
    const size = machine.inside("stat", "-c", "%s", `/srv/repository/${name}.deb`).trim();
    const entry = `${control}Filename: ./${name}.deb\nSize: ${size}\nSHA256: ${sum}\n\n`;
    machine.inside("sh", "-c", `printf '%s' '${entry}' >>/srv/repository/Packages`);
  }

  test("ends an installation that was interrupted, and installs", async () => {
    offer("lor-interrupted", "[ -e /srv/once ] || { touch /srv/once; kill -9 $PPID; }");
    offer("lor-wanted", "exit 0");
    machine.inside("sh", "-c", "rm -rf /etc/apt/sources.list.d/* /etc/apt/sources.list");
    write("/etc/apt/sources.list", "deb [trusted=yes] file:/srv/repository ./\n");
    machine.inside("dpkg", "-i", "/srv/repository/lor-interrupted.deb");
    expect(machine.inside("apt-get", "-y", "install")).toMatch(/dpkg was interrupted/);
    expect(await apply("packages", { vars: { packages_names: ["lor-wanted"] } })).toBe("changed");
    const states = machine.inside("dpkg-query", "--status", "lor-interrupted", "lor-wanted");
    expect(states.match(/^Status: install ok installed$/gm)).toHaveLength(2);
  });
});

describe.skipIf(obstacle !== undefined)("the role sshd", () => {
  test("leaves everything as it was where sshd could not start any more, and says why", async () => {
    write("/etc/ssh/sshd_config.d/99-broken.conf", "Nonsense yes\n");
    expect(await apply("sshd")).toMatch(/10-lor\.conf was put back.+99-broken\.conf.+Nonsense/s);
    remove("/etc/ssh/sshd_config.d/99-broken.conf");
    expect(there(own)).toBe(false);
    expect(undoing("sshd")).toBe(false);
    expect(machine.sshAs("debian")).toBe("debian");
  });

  test("says which file has another opinion", async () => {
    write("/etc/ssh/sshd_config.d/05-other.conf", "PasswordAuthentication yes\n");
    expect(await apply("sshd")).toMatch(
      /sshd does not follow 'PasswordAuthentication no'.+passwordauthentication yes/s,
    );
    remove("/etc/ssh/sshd_config.d/05-other.conf");
    expect(there(own)).toBe(false);
  });

  test.each(["mitogen", "ssh"] as const)("by %s, puts back what lets nobody in any more", async (transport) => {
    machine.inside("sh", "-c", "cp /etc/ssh/sshd_config /srv/sshd_config; mkdir -p /etc/ssh/keys");
    machine.inside("sh", "-c", "echo 'AuthorizedKeysFile /etc/ssh/keys/%u' >>/etc/ssh/sshd_config");
    machine.inside("mv", "/home/debian/.ssh/authorized_keys", "/etc/ssh/keys/debian");
    machine.inside("systemctl", "reload", "ssh");
    expect(await apply("sshd", { transport, vars: { confirmed_file_seconds: 15 } })).toMatch(
      /^unreachable: .*Log in anew.*after seconds 15/s,
    );
    await machine.until(() => !undoing("sshd") && !there(own));
    await machine.until(() => machine.sshAs("debian") === "debian");
    machine.inside("mv", "/etc/ssh/keys/debian", "/home/debian/.ssh/authorized_keys");
    machine.inside("sh", "-c", "mv /srv/sshd_config /etc/ssh/sshd_config; systemctl reload ssh");
  });

  test("puts back what an earlier run has not confirmed, then begins anew", async () => {
    write(own, "# unconfirmed\n");
    machine.inside("systemd-run", "--on-active=3600", "--unit=lor-undo-sshd", "rm", own);
    expect(await apply("sshd")).toBe("changed");
    expect(undoing("sshd")).toBe(false);
    expect(machine.read(own)).toContain("PasswordAuthentication no");
    expect(there(`${own}.lor-before`)).toBe(false);
  });

  test.each(["mitogen", "ssh"] as const)("by %s, changes a file that others have changed", async (transport) => {
    write(own, "PasswordAuthentication yes\n");
    expect(await apply("sshd", { transport })).toBe("changed");
    expect(await apply("sshd", { transport })).toBe("unchanged");
    expect(machine.inside("sshd", "-T")).toMatch(/^passwordauthentication no$/m);
    expect(undoing("sshd")).toBe(false);
  });
});

describe.skipIf(obstacle !== undefined)("the role users", () => {
  test.each([
    ["removes the account", { users_removed: ["debian"] }],
    ["takes its keys", { users_accounts: [{ name: "debian" }] }],
    ["takes its keys", { users_accounts: [{ name: "debian", authorized_keys: [] }] }],
  ])("refuses what %s of this run: %j", async (_what, vars) => {
    expect(await apply("users", { vars })).toMatch(/^failed: Refuse to lock this run out: .*logs in as debian/);
    expect(machine.sshAs("debian")).toBe("debian");
  });

  test.each(["ssh-ed25519", "AAAA", "ssh-ed25519 AAAA\nssh-ed25519 BBBB", "-----BEGIN OPENSSH PRIVATE KEY-----"])(
    "refuses %j as a key",
    async (key) => {
      const result = await apply("users", { vars: { users_administrator_keys: [key] } });
      expect(result).toMatch(/^failed: Refuse what is no public key: .*This is no public key/);
    },
  );

  test("takes keys with options, with and without a comment", async () => {
    const key = machine.publicKey.trim();
    const bare = key.split(" ").slice(0, 2).join(" ");
    const vars = { users_administrator_keys: [key, bare, `from="192.0.2.0/24" ${key}\n`] };
    expect(await apply("users", { vars })).toBe("changed");
  });
});

describe.skipIf(obstacle !== undefined)("the role firewall", () => {
  test("puts back what lets nobody in any more", async () => {
    const before = machine.read("/etc/nftables.conf");
    const vars = { firewall_ssh_from: ["198.51.100.0/24"], confirmed_file_seconds: 15 };
    expect(await apply("firewall", { vars })).toMatch(/^unreachable: /);
    await machine.until(() => !undoing("firewall") && machine.read("/etc/nftables.conf") === before);
    await machine.until(() => machine.sshAs("debian") === "debian");
  });

  test("lets in what it names, and nothing else", async () => {
    const firewall_ssh_from = [`${outside.address}/24`];
    expect(await apply("firewall", { vars: { firewall_ssh_from, firewall_open: [{ port: 80 }] } })).toBe("changed");
    expect(machine.sshAs("debian")).toBe("debian");
    const listed = machine.inside("nft", "list", "table", "inet", "lor");
    expect(listed).toContain("tcp dport 80 accept");
    expect(listed).toContain("policy drop");
  });

  /** Sends a UDP datagram from outside to the machine's link-local address. @returns whether it arrives */
  function arrives(from: number, to: number): boolean {
    const listen = `
import ctypes, select, socket, subprocess, sys
def address(namespace):
    words = subprocess.run(["nsenter", "--net=/run/netns/" + namespace, "ip", "-6", "-brief", "address", "show", "dev", "eth0", "scope", "link"], capture_output=True, text=True).stdout.split()
    return words[2].split("/")[0]
machine, outside, source, port = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
def bound(namespace, port):
    with open("/run/netns/" + namespace) as file:
        if ctypes.CDLL(None).setns(file.fileno(), 0) != 0:
            raise OSError("setns")
    made = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    made.bind((address(namespace), port, 0, socket.if_nametoindex("eth0")))
    return made
receiver, sender = bound(machine, port), bound(outside, source)
sender.sendto(b"answer", (address(machine), port, 0, socket.if_nametoindex("eth0")))
print(bool(select.select([receiver], [], [], 1)[0]))
`;
    const words = [machine.name, outside.namespace, String(from), String(to)];
    return execFileSync("python3", ["-c", listen, ...words], { encoding: "utf8" }).trim() === "True";
  }

  test("lets a DHCPv6 server's answer and neighbour discovery in", () => {
    // The neighbour is unknown until it has answered.
    for (const end of [machine.name, outside.namespace])
      execFileSync("ip", ["-n", end, "-6", "neigh", "flush", "dev", "eth0"]);
    expect(arrives(547, 546)).toBe(true);
    expect(arrives(547, 545)).toBe(false);
  });
});
