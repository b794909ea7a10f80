import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { installAnsible } from "../../../src/ansible/install-ansible.ts";
import { hostKeysName } from "../../../src/machines/document.ts";
import { ensureGuestTools } from "../../guests/guest-tools.ts";
import { SshScene } from "../../guests/ssh-servers.ts";

let scene: SshScene;
let python: string;

beforeAll(async () => {
  ensureGuestTools();
  ({ python } = await installAnsible({ env: process.env }));
});
beforeEach(async () => {
  scene = await SshScene.start();
});
afterEach(async () => {
  await scene.stop();
});

/** An administrator's Ansible with the settings that are usual where nobody looks at host keys. */
function play(inventory: string, tasks: readonly object[], hosts = "shop"): { code: number | null; said: string } {
  const folder = scene.path("own");
  mkdirSync(folder, { recursive: true });
  const careless = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null";
  const settings = ["[defaults]", "host_key_checking = False", "transport = paramiko", "stdout_callback = default"];
  const connection = ["[ssh_connection]", `ssh_args = ${careless}`, `ssh_common_args = ${careless}`];
  writeFileSync(`${folder}/ansible.cfg`, [...settings, ...connection, ""].join("\n"));
  writeFileSync(`${folder}/site.yml`, JSON.stringify([{ name: "Own", hosts, gather_facts: false, tasks }]));
  const { PATH = "" } = process.env;
  // Short, because the path of a UNIX socket has at most 108 bytes.
  const env = { PATH, HOME: scene.home, LC_ALL: "C.UTF-8", LOR_SECRET_own: "Pl4nted-Own-Secret", ANSIBLE_NOCOLOR: "1" };
  const words = ["-P", "-m", "ansible", "playbook", "-i", inventory, "site.yml"];
  const { status, stdout, stderr } = spawnSync(python, words, { cwd: folder, env, encoding: "utf8" });
  return { code: status, said: stdout + stderr };
}

describe("an administrator's own playbook", () => {
  it("runs on a machine behind the bastion with the inventory as it was written", async () => {
    const { file, machines, unknown } = await scene.open().writeInventory();
    expect({ machines, unknown }).toEqual({ machines: ["ps-0"], unknown: [] });
    const secret = "{{ lookup('ansible.builtin.env', 'LOR_SECRET_own') }}";
    const seen = scene.path("arguments");
    const { code, said } = play(file, [
      {
        name: "Say where",
        copy: { content: "{{ inventory_hostname }} {{ application_user }}", dest: scene.path("where") },
      },
      { name: "Keep a secret", copy: { content: secret, dest: scene.path("secret"), mode: "0600" }, no_log: true },
      {
        name: "Look",
        shell: { cmd: `cat >/dev/null; cat /proc/[0-9]*/cmdline | tr '\\0' ' ' >'${seen}'`, stdin: secret },
        no_log: true,
      },
    ]);
    expect(said).toMatch(/ps-0 +: ok=3 +changed=3/);
    expect(code).toBe(0);
    expect(readFileSync(scene.path("where"), "utf8")).toMatch(/^ps-0 \w+$/);
    expect(readFileSync(scene.path("secret"), "utf8")).toBe("Pl4nted-Own-Secret");
    expect(said + readFileSync(file, "utf8") + readFileSync(seen, "utf8")).not.toContain("Pl4nted-Own-Secret");
    expect(readFileSync(seen, "utf8")).toContain("sshd");
  });

  it("reaches no machine with another host key, whatever ansible.cfg says", async () => {
    const { file } = await scene.open().writeInventory();
    await scene.machine.stop();
    scene.machine.newHostKey();
    await scene.machine.start();
    const { code, said } = play(file, [{ name: "Go", command: "true" }]);
    expect(said).toMatch(/UNREACHABLE!.*(host key|HOST IDENTIFICATION)/is);
    expect(code).toBe(4);
  });

  it("reaches no machine whose host keys are not published, and the inventory says so", async () => {
    scene.published.delete(hostKeysName("ps-0"));
    const { file, machines, unknown } = await scene.open().writeInventory();
    expect(machines).toEqual(["ps-0"]);
    expect(unknown).toEqual([expect.objectContaining({ code: "host-key-unknown" })]);
    expect(play(file, [{ name: "Go", command: "true" }]).said).toMatch(/ps-0.*UNREACHABLE!/s);
  });

  it("finds no machine that does not exist", async () => {
    scene.servers.delete("lor-prod-ps-0");
    const { file, machines } = await scene.open().writeInventory();
    expect(machines).toEqual([]);
    expect(play(file, [{ name: "Go", command: "true" }], "all").said).toMatch(/no hosts matched/i);
  });

  it("is refused a machine whose published keys have changed without a new server", async () => {
    await scene.open().writeInventory();
    scene.machine.newHostKey();
    scene.publish();
    await expect(scene.open().writeInventory()).rejects.toMatchObject({ code: "host-key-changed" });
    rmSync(scene.folder, { recursive: true });
  });
});
