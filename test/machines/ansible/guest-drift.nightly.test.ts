import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderBastionDocument } from "../../../src/machines/render-document.ts";
import { obstacle } from "../lab.ts";
import { SshMachine } from "./ssh-machine.ts";

const bundle = "/var/lib/lor/bundles/0123abcd";
const sshd = "/etc/ssh/sshd_config.d/10-lor.conf";

describe.skipIf(obstacle !== undefined)("a machine that pulls its document, with systemd", () => {
  let machine: SshMachine;

  beforeAll(async () => {
    machine = await SshMachine.start();
    layOut();
    expect(apply()).toBe("");
  });

  afterAll(() => machine?.stop());

  /** What lor-fetch does with a document. */
  function layOut(): void {
    const document = renderBastionDocument({
      name: "bastion",
      role: "bastion",
      shell: false,
      machines: ["10.10.1.10"],
      administratorKeys: [machine.publicKey.trim()],
      hostKeysUrl: "http://192.0.2.1/host-keys",
    });
    for (const file of document.files)
      write(`${bundle}/files${file.path}`, file.content, Number.parseInt(file.mode, 8));
    write(`${bundle}/document.json`, JSON.stringify(document), 0o600);
  }

  function write(path: string, text: string, mode: number): void {
    mkdirSync(dirname(machine.path(path)), { recursive: true });
    writeFileSync(machine.path(path), text);
    chmodSync(machine.path(path), mode);
  }

  const apply = () => machine.inside(`${bundle}/files/usr/local/sbin/lor-apply`, bundle);
  const status = () => JSON.parse(machine.read("/var/lib/lor/status.json")) as Record<string, unknown>;

  test("differs in nothing after it was applied", () => {
    expect(apply()).toBe("");
    expect(status()).toMatchObject({ state: "applied", differences: [], putBack: null });
    expect(machine.inside("lor-drift", "check")).toContain('"state": "same"');
  });

  test("puts a file back that a person changed, loads it again, and keeps the person's copy", () => {
    const before = machine.read(sshd);
    writeFileSync(machine.path(sshd), "PasswordAuthentication yes\n");
    expect(apply()).toBe("");
    expect(machine.read(sshd)).toBe(before);
    expect(machine.inside("sshd", "-T")).toMatch(/^passwordauthentication no$/m);
    const { files, kept } = status().putBack as { files: string[]; kept: string };
    expect(files).toEqual([sshd]);
    expect(machine.read(kept + sshd)).toBe("PasswordAuthentication yes\n");
    expect(machine.inside("lor-drift", "check")).toContain('"state": "same"');
  });

  test("tells a unit that was stopped, and leaves it", () => {
    machine.inside("systemctl", "stop", "prometheus-node-exporter.service");
    expect(apply()).toBe("");
    const unit = { kind: "unit", name: "prometheus-node-exporter.service", what: "active" };
    expect(status()).toMatchObject({ state: "applied", differences: [unit] });
    expect(machine.inside("systemctl", "is-active", unit.name)).toBe("inactive\n");
  });
});
