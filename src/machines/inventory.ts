import { dump } from "js-yaml";
import { ExitCode, LorError } from "../core/errors.ts";
import { isHostKey } from "./host-key.ts";

/** A machine that is reached by SSH, as a Plan names it. */
export interface ManagedMachine {
  /** Name in the inventory, such as `client-12`. Letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** Address or host name that SSH connects to. */
  readonly address: string;
  /** Port of sshd, 1 to 65535. Default 22. */
  readonly port?: number;
  /** User that logs in by key and may run `sudo` without a password; or `root`. */
  readonly user: string;
  /** Groups of the inventory. Letters, digits and `_`. Default none. */
  readonly groups?: readonly string[];
  /** Public host keys of the machine, each as `TYPE BASE64`, such as `ssh-ed25519 AAAA…`. At least one: an unknown machine is never configured. */
  readonly hostKeys: readonly string[];
  /** Variables of the host, named as the roles name them. A secret is named, never written: see {@link SecretReference}. Default none. */
  readonly variables?: InventoryVariables;
}

/** A secret of the run: Ansible reads it from the environment variable `secretVariable(secret)`. */
interface SecretReference {
  readonly secret: string;
}

type InventoryValue =
  | string
  | number
  | boolean
  | SecretReference
  | readonly InventoryValue[]
  | { readonly [name: string]: InventoryValue };
export type InventoryVariables = Readonly<Record<string, InventoryValue>>;

/** Two files that Ansible and OpenSSH read. */
export interface RenderedInventory {
  /** Inventory, YAML. Holds no secret. */
  readonly inventory: string;
  /** Host keys in the form of OpenSSH's `known_hosts`. */
  readonly knownHosts: string;
}

const hostName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const address = /^[A-Za-z0-9][A-Za-z0-9.:-]*$/;
const user = /^[a-z_][a-z0-9_-]{0,31}$/;
const groupName = /^[a-z_][a-z0-9_]*$/;
const variableName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Ansible evaluates such texts as templates. */
const template = /\{\{|\{%|\{#/;
const reserved = new Set(["all", "ungrouped"]);

/** Name of the environment variable that carries a secret to Ansible. */
export function secretVariable(secret: string): string {
  return `LOR_SECRET_${secret}`;
}

/**
 * Inventory and known host keys of machines. The result depends on the arguments only, and machines and groups are in the order of their names.
 *
 * @param common variables of all machines. Default none.
 * @throws LorError `inventory-value-refused` when a value cannot be written, or a machine has no host key.
 */
export function renderInventory(
  machines: readonly ManagedMachine[],
  common: InventoryVariables = {},
): RenderedInventory {
  const sorted = [...machines].sort((a, b) => compare(a.name, b.name));
  sorted.forEach((machine, index) => {
    refuseUnsafe(machine, sorted[index - 1]);
  });
  const groups = [...new Set(sorted.flatMap((machine) => machine.groups ?? []))].sort(compare);
  const inventory = {
    all: {
      hosts: Object.fromEntries(sorted.map((machine) => [machine.name, hostVariables(machine)])),
      vars: {
        // Named, so that no connection is spent on the search for it.
        ansible_python_interpreter: "/usr/bin/python3",
        ...renderVariables(common, "common variables"),
      },
      children: Object.fromEntries(groups.map((group) => [group, { hosts: membersOf(group, sorted) }])),
    },
  };
  return {
    inventory: dump(inventory, { lineWidth: -1, sortKeys: false }),
    knownHosts: sorted.flatMap(knownHostLines).join(""),
  };
}

function hostVariables(machine: ManagedMachine): Record<string, unknown> {
  return {
    ansible_host: machine.address,
    ...(machine.port === undefined ? {} : { ansible_port: machine.port }),
    ansible_user: machine.user,
    ansible_become: machine.user !== "root",
    ...renderVariables(machine.variables ?? {}, machine.name),
  };
}

function membersOf(group: string, machines: readonly ManagedMachine[]): Record<string, object> {
  const members = machines.filter((machine) => machine.groups?.includes(group));
  return Object.fromEntries(members.map((machine) => [machine.name, {}]));
}

function knownHostLines({ address: host, port = 22, hostKeys }: ManagedMachine): string[] {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return hostKeys.map((key) => `${name} ${key}\n`);
}

function renderVariables(variables: InventoryVariables, where: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      if (!variableName.test(name)) throw refused(`${where}.${name}`, name, "letters, digits and _");
      // A connection variable could switch the check of the host keys off.
      if (name.startsWith("ansible_")) throw refused(`${where}.${name}`, name, "a variable of a role or a playbook");
      return [name, renderValue(value, `${where}.${name}`)];
    }),
  );
}

function renderValue(value: InventoryValue, path: string): unknown {
  if (typeof value === "string") {
    if (template.test(value)) throw refused(path, value, "a text without {{, {% and {#");
    return value;
  }
  if (typeof value !== "object") return value;
  if (isList(value)) return value.map((entry, index) => renderValue(entry, `${path}.${index}`));
  if (isSecret(value)) {
    if (!variableName.test(value.secret)) throw refused(path, value.secret, "a secret's name: letters, digits and _");
    return `{{ lookup('ansible.builtin.env', '${secretVariable(value.secret)}') }}`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, renderValue(entry, `${path}.${key}`)]));
}

function isList(value: InventoryValue): value is readonly InventoryValue[] {
  return Array.isArray(value);
}

function isSecret(value: object): value is SecretReference {
  return "secret" in value && typeof value.secret === "string" && Object.keys(value).length === 1;
}

function refuseUnsafe(machine: ManagedMachine, previous: ManagedMachine | undefined): void {
  const { name, port = 22, hostKeys, groups = [] } = machine;
  const checks: readonly (readonly [field: string, seen: string, accepted: string, ok: boolean])[] = [
    ["name", name, "letters, digits, . _ and -; not all or ungrouped", hostName.test(name) && !reserved.has(name)],
    ["name", name, "a name that no other machine has", name !== previous?.name],
    ["address", machine.address, "an address or a host name", address.test(machine.address)],
    ["port", String(port), "1 to 65535", Number.isInteger(port) && port >= 1 && port <= 65535],
    ["user", machine.user, "a user's name, such as debian", user.test(machine.user)],
    ["groups", groups.join(", "), "lower-case letters, digits and _", groups.every(isGroup)],
    ["hostKeys", "none", "at least one public host key", hostKeys.length > 0],
    ["hostKeys", hostKeys.join(", "), "TYPE BASE64, such as ssh-ed25519 AAAA…", hostKeys.every(isHostKey)],
  ];
  const found = checks.find(([, , , ok]) => !ok);
  if (found !== undefined) throw refused(`${name}.${found[0]}`, found[1], found[2]);
}

function isGroup(name: string): boolean {
  return groupName.test(name) && !reserved.has(name);
}

function refused(path: string, seen: string, accepted: string): LorError {
  return new LorError({
    code: "inventory-value-refused",
    message: `the inventory cannot be written: ${path} is not ${accepted}`,
    exit: ExitCode.usage,
    culprit: "user",
    path,
    seen,
    accepted,
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
