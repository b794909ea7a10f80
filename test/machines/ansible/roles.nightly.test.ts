import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AnsibleEvent } from "../../../src/ansible/ansible-events.ts";
import { type ConfigureRequest, type ConfigureResult, exitCodeOf } from "../../../src/ansible/configure-machines.ts";
import { runAnsible } from "../../../src/ansible/run-ansible.ts";
import type { InventoryVariables, ManagedMachine } from "../../../src/machines/inventory.ts";
import { obstacle } from "../lab.ts";
import { SshMachine } from "./ssh-machine.ts";

let machine: SshMachine;
let folder: string;
const ansible = runAnsible({ env: process.env });

beforeAll(async () => {
  if (obstacle !== undefined) return;
  machine = await SshMachine.start();
  folder = mkdtempSync(join(tmpdir(), "lor-playbooks-"));
});

afterAll(() => {
  machine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly result: ConfigureResult;
  readonly events: readonly AnsibleEvent[];
  readonly printed: string;
}

function variables(): InventoryVariables {
  return {
    time_zone: "Europe/Paris",
    time_servers: ["192.0.2.123"],
    users_administrator_keys: [machine.publicKey],
    users_accounts: [{ name: "deploy", authorized_keys: [machine.publicKey], sudo: true }],
    firewall_open: [{ port: 80 }, { port: 443 }, { port: 9100, from: ["192.0.2.0/24", "2001:db8::/32"] }],
    nginx_sites: [{ name: "shop", domain: "shop.example", upstream: "http://127.0.0.1:8000" }],
  };
}

async function run(mode: "preview" | "apply", changes: Partial<ConfigureRequest> = {}): Promise<Run> {
  const events: AnsibleEvent[] = [];
  let printed = "";
  const output = new Writable({
    write(chunk, _encoding, done) {
      printed += chunk;
      done();
    },
  });
  const result = await ansible.configure({
    mode,
    inventory: { machines: [machine.managed({ variables: variables() })] },
    sshConfig: machine.sshConfig,
    identityFile: machine.identityFile,
    onEvent: (event) => events.push(event),
    output,
    ...changes,
  });
  return { result, events, printed };
}

/** A playbook of tasks, in JSON, which is YAML. */
function playbook(name: string, tasks: readonly object[]): string {
  const path = join(folder, `${name}.yml`);
  writeFileSync(path, JSON.stringify([{ name, hosts: "all", gather_facts: false, tasks }]));
  return path;
}

const inventory = (changes: Partial<ManagedMachine>) => ({ machines: [machine.managed(changes)] });

/** Body of a page of the machine, asked on the machine. */
function httpGet(url: string): string {
  return machine.inside(
    "php8.2",
    "-r",
    `
    $options = ["http" => ["ignore_errors" => true], "ssl" => ["verify_peer" => false, "verify_peer_name" => false]];
    echo file_get_contents("${url}", false, stream_context_create($options));`,
  );
}

describe.skipIf(obstacle !== undefined)("the built-in roles", () => {
  test("a preview of a new machine reports what would change, and changes nothing", async () => {
    const before = machine.inside("sha256sum", "/etc/nftables.conf", "/etc/ssh/sshd_config.d/10-lor.conf");
    const { result, events } = await run("preview");
    expect(result.hosts.machine).toMatchObject({ state: "changed", failures: [] });
    expect(exitCodeOf(result)).toBe(5);
    expect(events).toContainEqual(
      expect.objectContaining({ event: "diff", host: "machine", diff: expect.stringContaining("Etc/UTC") }),
    );
    expect(machine.inside("sha256sum", "/etc/nftables.conf", "/etc/ssh/sshd_config.d/10-lor.conf")).toBe(before);
  });

  test("apply configures the machine", async () => {
    const { result } = await run("apply");
    expect(result).toMatchObject({ end: "complete", hosts: { machine: { state: "changed", failures: [] } } });
    expect(exitCodeOf(result)).toBe(0);
    expect(machine.inside("nft", "list", "ruleset")).toContain("ip saddr 192.0.2.0/24 tcp dport 9100 accept");
    expect(machine.inside("sshd", "-T")).toMatch(/^passwordauthentication no$/m);
    expect(machine.inside("sudo", "-u", "deploy", "sudo", "-n", "id", "-un")).toBe("root\n");
    expect(machine.inside("date", "+%Z")).toMatch(/^CES?T\n$/);
    expect(httpGet("https://127.0.0.1/")).toContain("502 Bad Gateway");
    expect(httpGet("http://127.0.0.1:9100/metrics")).toContain("node_uname_info");
  });

  test.each(["mitogen", "ssh"] as const)("a second run by %s changes nothing", async (transport) => {
    const { result } = await run("apply", { transport });
    expect(result.hosts).toEqual({ machine: { state: "unchanged", changed: 0, failures: [] } });
  });

  test.each(["mitogen", "ssh"] as const)("a preview by %s reports what a person changed", async (transport) => {
    machine.inside("sh", "-c", "echo 'tcp dport 25 accept' >>/etc/nftables.conf; chmod 600 /etc/timezone");
    const { result, events } = await run("preview", { transport });
    expect(result.hosts.machine).toMatchObject({ state: "changed", failures: [] });
    const differences = events.flatMap((event) => (event.event === "diff" ? [event.diff] : []));
    expect(differences.join("")).toContain("-tcp dport 25 accept");
    const changed = events.flatMap((event) =>
      event.event === "result" && event.status === "changed" ? [event.task.replace(/^.* : /, "")] : [],
    );
    expect(changed).toEqual(["Name the time zone", "Compare /etc/nftables.conf"]);
  });

  test("a key that is no longer listed cannot log in any more", async () => {
    const others = { ...variables(), users_administrator_keys: [], users_accounts: [{ name: "deploy" }] };
    expect(machine.sshAs("deploy")).toBe("deploy");
    await run("apply", { inventory: inventory({ variables: others }) });
    expect(machine.sshAs("deploy")).toMatch(/Permission denied/);
  });
});

describe.skipIf(obstacle !== undefined)("a run", () => {
  test("refuses a machine with another host key", async () => {
    const hostKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDGPgXppbGSB/xMMwlK3XT8kG8iMIZ9QI3+VXDun1DSk"];
    for (const transport of ["mitogen", "ssh"] as const) {
      const { result } = await run("apply", { transport, inventory: inventory({ hostKeys }) });
      expect(result.hosts.machine?.state).toBe("unreachable");
      expect(result.hosts.machine?.failures.join()).toMatch(/host key|HOST IDENTIFICATION/i);
      expect(exitCodeOf(result)).toBe(1);
    }
  });

  test("an own inventory cannot switch the check of the host keys off", async () => {
    const path = join(folder, "own.json");
    const first = machine.managed();
    const host = { ansible_host: first.address, ansible_user: first.user, ansible_host_key_checking: false };
    const args = { ansible_ssh_common_args: "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null" };
    writeFileSync(path, JSON.stringify({ all: { hosts: { machine: { ...host, ...args } } } }));
    const knownHosts = join(folder, "known_hosts");
    const tasks = [{ name: "Copy a file", copy: { content: "x", dest: "/tmp/x", mode: "0644" } }];
    for (const transport of ["mitogen", "ssh"] as const) {
      writeFileSync(knownHosts, "");
      const own = { transport, playbook: playbook("own", tasks), inventory: { path, knownHosts } };
      expect((await run("apply", own)).result.hosts.machine?.state).toBe("unreachable");
      writeFileSync(knownHosts, `${first.address} ${first.hostKeys[0]}\n`);
      expect((await run("apply", own)).result.hosts.machine?.failures).toEqual([]);
    }
  });

  test("a host that fails does not stop the others, unless asked", async () => {
    const machines = ["first", "second"].map((name) => machine.managed({ name, variables: { number: name } }));
    const tasks = [
      { name: "Fail on the first", fail: { msg: "broken" }, when: "number == 'first'" },
      { name: "Go on", command: "true", changed_when: true },
    ];
    const request = { playbook: playbook("failing", tasks), inventory: { machines } };
    const { result } = await run("apply", request);
    expect(result.hosts.first).toEqual({ state: "failed", changed: 0, failures: ["Fail on the first: broken"] });
    expect(result.hosts.second).toEqual({ state: "changed", changed: 1, failures: [] });
    expect(exitCodeOf(result)).toBe(1);
    const stopped = await run("apply", { ...request, stopAtFirstFailure: true });
    expect(stopped.result.hosts.second?.changed).toBe(0);
  });

  test("says why an item of a loop failed", async () => {
    const command = "sh -c 'echo printed; echo {{ item }} >&2; false'";
    const tasks = [{ name: "Loop", command, loop: ["reason"] }];
    const { result } = await run("apply", { playbook: playbook("loop", tasks) });
    expect(result.hosts.machine?.failures.join()).toMatch(/^Loop: .*reason: printed/);
  });

  test("keeps its secrets out of its output, its events and the arguments of every process", async () => {
    const secret = "Pl4nted-Secret-Of-A-Run";
    const value = "{{ lookup('ansible.builtin.env', 'LOR_SECRET_planted') }}";
    const tasks = [
      { name: "Hide it", copy: { content: value, dest: "/root/secret", mode: "0600" }, no_log: true },
      { name: "Show it", debug: { msg: value } },
      { name: "Fail with it", shell: { cmd: "cat >&2; false", stdin: value } },
    ];
    const seen: string[] = [];
    const onEvent = (event: AnsibleEvent) => {
      seen.push(JSON.stringify(event), execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }));
    };
    for (const transport of ["mitogen", "ssh"] as const) {
      const request = { playbook: playbook("secret", tasks), secrets: { planted: secret }, onEvent, transport };
      const { result, printed } = await run("apply", request);
      expect(result.hosts.machine?.state).toBe("failed");
      expect([...seen, printed, JSON.stringify(result)].filter((text) => text.includes(secret))).toEqual([]);
      expect(printed).toContain("[secret]");
    }
    expect(machine.read("/root/secret")).toBe(secret);
    expect(machine.inside("journalctl", "--no-pager")).not.toContain(secret);
  });

  test.each([{ "a b": "secret" }, { name: "zero\0byte" }])("refuses the secret %j", async (secrets) => {
    await expect(run("apply", { secrets })).rejects.toMatchObject({ code: "secret-not-usable" });
  });

  test("a playbook that cannot be read reaches no machine", async () => {
    const path = join(folder, "broken.yml");
    writeFileSync(path, "- hosts: all\n  tasks: {");
    await expect(run("apply", { playbook: path })).rejects.toMatchObject({
      code: "playbook-not-run",
      message: expect.stringContaining("YAML parsing failed"),
    });
  });

  test("ends at its time limit and on request", async () => {
    const path = playbook("slow", [{ name: "Wait", command: "sleep 600" }]);
    const { result } = await run("apply", { playbook: path, timeLimit: 8_000 });
    expect(result).toMatchObject({ end: "too-long" });
    expect(exitCodeOf(result)).toBe(1);
    const stop = new AbortController();
    const onEvent = (event: AnsibleEvent) => {
      if (event.event === "task") stop.abort();
    };
    await expect(run("apply", { playbook: path, signal: stop.signal, onEvent })).rejects.toMatchObject({
      code: "cancelled",
    });
  });
});
