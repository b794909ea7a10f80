import { chmodSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runAnsible } from "../../../src/ansible/run-ansible.ts";
import { type Comparison, compareMachines, groupDifferences } from "../../../src/remote/compare-machines.ts";
import { obstacle } from "../lab.ts";
import { SshMachine } from "./ssh-machine.ts";

let machine: SshMachine;
let folder: string;
const secret = "Pl4nted-Secret-Of-A-Role";

beforeAll(async () => {
  if (obstacle !== undefined) return;
  machine = await SshMachine.start();
  folder = mkdtempSync(join(tmpdir(), "lor-playbooks-"));
  await apply("site", [
    { name: "Install nginx", apt: { name: ["nginx-light", "sudo"] } },
    {
      name: "Write files",
      copy: { dest: "/etc/lor-{{ item }}", content: "{{ item }}", mode: "0644" },
      loop: ["a", "b"],
    },
    {
      name: "Write the secret",
      copy: { dest: "/etc/lor-secret", content: "{{ lookup('env', 'LOR_SECRET_planted') }}", mode: "0600" },
      no_log: true,
    },
    { name: "Link", file: { src: "/etc/lor-a", dest: "/etc/lor-link", state: "link" } },
    { name: "Remove", file: { path: "/etc/nginx/sites-enabled/default", state: "absent" } },
    { name: "Skip", copy: { dest: "/etc/lor-skipped", content: "", mode: "0644" }, when: false },
    { name: "Start nginx", systemd_service: { name: "nginx", enabled: true, state: "started" } },
  ]);
});

afterAll(() => {
  machine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function apply(name: string, tasks: readonly object[]): Promise<void> {
  const path = join(folder, `${name}.yml`);
  writeFileSync(path, JSON.stringify([{ name, hosts: "all", gather_facts: false, tasks }]));
  const result = await runAnsible({ env: process.env }).configure({
    mode: "apply",
    playbook: path,
    inventory: { machines: [machine.managed()] },
    secrets: { planted: secret },
    sshConfig: machine.sshConfig,
    identityFile: machine.identityFile,
  });
  expect(result.hosts.machine?.failures).toEqual([]);
}

async function compare(): Promise<Comparison> {
  const [comparison] = await compareMachines({ machines: ["machine"], commands: machine.commands() });
  if (comparison === undefined) throw new Error("no result");
  return comparison;
}

async function differences(): Promise<readonly string[]> {
  const comparison = await compare();
  if (comparison.state === "unknown") throw new Error(comparison.reason);
  return comparison.differences.map(({ kind, name, what, was, now }) =>
    [kind, name, what, ...(was === undefined ? [] : [was, now])].join(" "),
  );
}

/** Changes the machine by hand, compares, and puts it back. */
async function seen(change: () => void, back: () => void): Promise<readonly string[]> {
  change();
  try {
    return await differences();
  } finally {
    back();
  }
}

describe.skipIf(obstacle !== undefined)("a machine that a run has configured", () => {
  test("differs in nothing", async () => {
    expect(await compare()).toMatchObject({ state: "same", differences: [], upgrades: [] });
  });

  test("has a manifest of what was managed, for root alone", () => {
    expect(machine.inside("stat", "-c", "%a %U", "/var/lib/lor/manifest.json")).toBe("600 root\n");
    const { files, packages, units } = JSON.parse(machine.read("/var/lib/lor/manifest.json")).sources.site;
    expect(Object.keys(files).sort()).toEqual([
      ...["/etc/lor-a", "/etc/lor-b", "/etc/lor-link", "/etc/lor-secret", "/etc/nginx/sites-enabled/default"],
    ]);
    expect(Object.keys(packages)).toEqual(["nginx-light", "sudo"]);
    expect(units).toEqual({ nginx: { load: "loaded", active: "active", enabled: "enabled" } });
  });

  const path = (inside: string) => machine.path(inside);
  test.each<[string, () => void, () => void, readonly string[]]>([
    [
      "a file that was edited",
      () => writeFileSync(path("/etc/lor-a"), "other"),
      () => writeFileSync(path("/etc/lor-a"), "a"),
      ["file /etc/lor-a content"],
    ],
    [
      "a file that was deleted",
      () => unlinkSync(path("/etc/lor-a")),
      () => writeFileSync(path("/etc/lor-a"), "a", { mode: 0o644 }),
      ["file /etc/lor-a kind file absent"],
    ],
    [
      "a mode",
      () => chmodSync(path("/etc/lor-secret"), 0o644),
      () => chmodSync(path("/etc/lor-secret"), 0o600),
      ["file /etc/lor-secret mode 0600 0644"],
    ],
    [
      "an owner",
      () => machine.inside("chown", "debian", "/etc/lor-b"),
      () => machine.inside("chown", "root", "/etc/lor-b"),
      ["file /etc/lor-b owner root debian"],
    ],
    [
      "a link that leads elsewhere",
      () => machine.inside("ln", "-sfn", "/etc/lor-b", "/etc/lor-link"),
      () => machine.inside("ln", "-sfn", "/etc/lor-a", "/etc/lor-link"),
      ["file /etc/lor-link target /etc/lor-a /etc/lor-b"],
    ],
    [
      "a file that must not exist",
      () => symlinkSync("/dev/null", path("/etc/nginx/sites-enabled/default")),
      () => unlinkSync(path("/etc/nginx/sites-enabled/default")),
      ["file /etc/nginx/sites-enabled/default kind absent link"],
    ],
    [
      "a unit that was stopped and disabled",
      () => machine.inside("systemctl", "disable", "--now", "nginx"),
      () => machine.inside("systemctl", "enable", "--now", "nginx"),
      ["unit nginx active active inactive", "unit nginx enabled enabled disabled"],
    ],
  ])("reports %s, and nothing else", async (_name, change, back, expected) => {
    expect(await seen(change, back)).toEqual(expected);
    expect(await differences()).toEqual([]);
  });

  test("reports a package that was removed, and a newer one as an upgrade", async () => {
    const manifest = machine.read("/var/lib/lor/manifest.json");
    const older = manifest.replace(/("nginx-light": )"[^"]*"/, '$1"1.0"').replace(/("sudo": )"[^"]*"/, '$1"99"');
    writeFileSync(machine.path("/var/lib/lor/manifest.json"), older);
    const comparison = await compare();
    writeFileSync(machine.path("/var/lib/lor/manifest.json"), manifest);
    expect(comparison).toMatchObject({
      differences: [{ kind: "package", name: "sudo", what: "version", was: "99" }],
      upgrades: [{ kind: "package", name: "nginx-light", was: "1.0" }],
    });
  });

  test("keeps what another playbook manages, and the last one says how a file must be", async () => {
    await apply("other", [{ name: "Write", copy: { dest: "/etc/lor-a", content: "other", mode: "0644" } }]);
    expect(await differences()).toEqual([]);
    writeFileSync(machine.path("/etc/lor-b"), "changed");
    writeFileSync(machine.path("/etc/lor-a"), "changed");
    expect(await differences()).toEqual(["file /etc/lor-a content", "file /etc/lor-b content"]);
  });
});

describe.skipIf(obstacle !== undefined)("the comparison", () => {
  test("is unknown, never same, where it cannot be made", async () => {
    const machines = ["machine"];
    const manifest = machine.read("/var/lib/lor/manifest.json");
    unlinkSync(machine.path("/var/lib/lor/manifest.json"));
    expect(await compare()).toMatchObject({ state: "unknown", reason: "this machine has no manifest" });
    writeFileSync(machine.path("/var/lib/lor/manifest.json"), "{");
    expect(await compare()).toMatchObject({ state: "unknown", reason: expect.stringContaining("cannot be read") });
    writeFileSync(machine.path("/var/lib/lor/manifest.json"), manifest);
    const hostKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDGPgXppbGSB/xMMwlK3XT8kG8iMIZ9QI3+VXDun1DSk"];
    const [refused] = await compareMachines({ machines, commands: machine.commands({ hostKeys }) });
    expect(refused).toMatchObject({ state: "unknown", reason: expect.stringMatching(/host key/i) });
    const [late] = await compareMachines({ machines, commands: machine.commands(), limit: 1 });
    expect(late).toMatchObject({ state: "unknown", reason: expect.stringContaining("did not answer in time") });
  });

  test("groups equal differences of many machines", () => {
    const difference = {
      source: "site",
      kind: "file",
      name: "/etc/a",
      what: "mode",
      was: "0644",
      now: "0600",
    } as const;
    const other = { ...difference, now: "0666" };
    const different = (name: string, ...all: (typeof difference | typeof other)[]): Comparison => ({
      machine: name,
      state: "different",
      recordedAt: "2026-11-30T20:00:00+00:00",
      differences: all,
      upgrades: [],
    });
    const comparisons = [different("a", other), different("b", difference), different("c", difference)];
    expect(groupDifferences(comparisons)).toEqual([
      { difference, machines: ["b", "c"] },
      { difference: other, machines: ["a"] },
    ]);
  });
});

describe.skipIf(obstacle !== undefined)("a secret of the run", () => {
  test("is in its file and nowhere else on the machine", () => {
    expect(machine.read("/etc/lor-secret")).toBe(secret);
    const places = ["/etc", "/var/lib/lor", "/var/log", "/tmp", "/var/tmp", "/run", "/home", "/root"];
    expect(machine.inside("grep", "-rslI", secret, ...places)).toBe("/etc/lor-secret\n");
    expect(machine.inside("journalctl", "--no-pager")).not.toContain(secret);
  });
});
