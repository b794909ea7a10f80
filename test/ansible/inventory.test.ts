import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import type { LorError } from "../../src/core/errors.ts";
import { type ManagedMachine, renderInventory } from "../../src/machines/inventory.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDGPgXppbGSB";
const machine: ManagedMachine = { name: "client-1", address: "192.0.2.10", user: "debian", hostKeys: [key] };

function refusal(changes: Partial<ManagedMachine>): Partial<LorError> {
  try {
    renderInventory([{ ...machine, ...changes }]);
  } catch (error) {
    const { code, path, accepted } = error as LorError;
    return { code, path: path as string, accepted: accepted as string };
  }
  throw new Error("not refused");
}

describe("the inventory", () => {
  test("holds hosts, groups and variables, in the order of their names", () => {
    const { inventory } = renderInventory(
      [
        { ...machine, name: "client-2", port: 2222, groups: ["odoo"] },
        { ...machine, user: "root", groups: ["odoo", "france"], variables: { time_zone: "Europe/Paris" } },
      ],
      { firewall_ssh_from: ["192.0.2.0/24"] },
    );
    expect(load(inventory)).toEqual({
      all: {
        hosts: {
          "client-1": {
            ansible_host: "192.0.2.10",
            ansible_user: "root",
            ansible_become: false,
            time_zone: "Europe/Paris",
          },
          "client-2": { ansible_host: "192.0.2.10", ansible_port: 2222, ansible_user: "debian", ansible_become: true },
        },
        vars: { ansible_python_interpreter: "/usr/bin/python3", firewall_ssh_from: ["192.0.2.0/24"] },
        children: {
          france: { hosts: { "client-1": {} } },
          odoo: { hosts: { "client-1": {}, "client-2": {} } },
        },
      },
    });
  });

  test("pins the host keys, with the port where it is not 22", () => {
    const other = { ...machine, name: "client-2", port: 2222 };
    expect(renderInventory([machine, other]).knownHosts).toBe(`192.0.2.10 ${key}\n[192.0.2.10]:2222 ${key}\n`);
  });

  test("names a secret's environment variable in place of the secret, at any depth", () => {
    const variables = { backup: { passphrase: { secret: "backup" }, targets: [{ secret: "target" }] } };
    const hosts = load(renderInventory([{ ...machine, variables }]).inventory) as {
      all: { hosts: Record<string, { backup: unknown }> };
    };
    expect(hosts.all.hosts["client-1"]?.backup).toEqual({
      passphrase: "{{ lookup('ansible.builtin.env', 'LOR_SECRET_backup') }}",
      targets: ["{{ lookup('ansible.builtin.env', 'LOR_SECRET_target') }}"],
    });
  });

  test("is the same text for the same machines in another order", () => {
    const other = { ...machine, name: "client-2", groups: ["b", "a"] };
    expect(renderInventory([other, machine])).toEqual(renderInventory([machine, other]));
  });

  test.each<[string, Partial<ManagedMachine>]>([
    ["client-1.hostKeys", { hostKeys: [] }],
    ["client-1.hostKeys", { hostKeys: [`${key}\nssh-rsa AAAA`] }],
    ["client-1.port", { port: 0 }],
    ["all.name", { name: "all" }],
    ["a b.name", { name: "a b" }],
    ["client-1.user", { user: "-oProxyCommand=x" }],
    ["client-1.address", { address: "-oProxyCommand=x" }],
    ["client-1.groups", { groups: ["ungrouped"] }],
    ["client-1.ansible_ssh_common_args", { variables: { ansible_ssh_common_args: "-o StrictHostKeyChecking=no" } }],
    ["client-1.motd", { variables: { motd: "{{ lookup('pipe', 'id') }}" } }],
    ["client-1.a.0.b", { variables: { a: [{ b: "{% raw %}" }] } }],
  ])("refuses %s", (path, changes) => {
    expect(refusal(changes)).toMatchObject({ code: "inventory-value-refused", path });
  });

  test("refuses two machines of one name", () => {
    expect(() => renderInventory([machine, machine])).toThrow("a name that no other machine has");
  });
});
