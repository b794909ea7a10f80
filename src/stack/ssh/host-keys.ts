import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BucketPlace, ContainerClient } from "../../clouds/clients.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { hostKeysName } from "../../machines/document.ts";
import { isHostKey } from "../../machines/host-key.ts";
import { readIfThere, writeAtomically } from "../../os/atomic-file.ts";

/** Host keys of a machine, and the cloud's id of the server that has them. */
interface HostKeys {
  readonly serverId: string;
  /** Type and key, as in a `known_hosts` file. */
  readonly keys: readonly string[];
}

type Pins = Readonly<Record<string, HostKeys>>;

/** What a machine is known by. */
export interface PinRequest {
  readonly machine: string;
  /** The cloud's id of its server. */
  readonly serverId: string;
  /** Fingerprint of a key that a person has compared; its keys replace the pinned ones. */
  readonly trusted?: string | undefined;
}

/**
 * Host keys pinned on this machine, in a folder of the stack. A machine publishes its keys to the configuration container; those of a server that
 * was seen for the first time are pinned, and later ones of the same server must be equal.
 */
export class PinnedHostKeys {
  readonly #folder: string;
  readonly #containers: ContainerClient;
  readonly #container: BucketPlace;

  constructor(folder: string, containers: ContainerClient, container: BucketPlace) {
    this.#folder = folder;
    this.#containers = containers;
    this.#container = container;
  }

  /** Pins the published keys of a machine, or compares them with the pinned ones. @throws LorError `host-key-unknown`, `host-key-changed` */
  async pin({ machine, serverId, trusted }: PinRequest): Promise<readonly string[]> {
    const published = parseHostKeys(await this.#containers.read(this.#container, hostKeysName(machine)));
    const pins = this.#read();
    const pinned = pins[machine];
    if (published === undefined || published.serverId !== serverId) throw unknownKeys(machine, published);
    const same = pinned !== undefined && pinned.serverId === serverId && equal(pinned.keys, published.keys);
    if (same) return pinned.keys;
    const replaced = pinned === undefined || pinned.serverId !== serverId;
    const accepted = trusted !== undefined && published.keys.some((key) => fingerprint(key) === trusted);
    if (!replaced && !accepted) throw changedKeys(machine, pinned.keys, published.keys);
    this.#write({ ...pins, [machine]: published });
    return published.keys;
  }

  /** Pinned keys by machine. */
  pinned(): ReadonlyMap<string, readonly string[]> {
    return new Map(Object.entries(this.#read()).map(([machine, { keys }]) => [machine, keys]));
  }

  #read(): Pins {
    const text = readIfThere(this.#file());
    return text === undefined ? {} : (JSON.parse(text) as Pins);
  }

  #write(pins: Pins): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeAtomically(this.#file(), `${JSON.stringify(pins, undefined, 2)}\n`);
  }

  #file(): string {
    return join(this.#folder, "host-keys.json");
  }
}

/** As OpenSSH shows it: `SHA256:` and the hash of the key in base64 without padding. */
export function fingerprint(key: string): string {
  const blob = Buffer.from(key.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/**
 * Reads what a machine wrote. Anything but host keys is left out, and so is a DSA key: cloud-init makes one, and OpenSSH refuses it since 7.0.
 */
function parseHostKeys(value: unknown): HostKeys | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { serverId, keys } = value as Partial<Record<keyof HostKeys, unknown>>;
  if (typeof serverId !== "string" || !Array.isArray(keys) || keys.length === 0 || keys.length > 20) return undefined;
  const lines = keys.filter((key): key is string => typeof key === "string" && isHostKey(key));
  return lines.length === 0 ? undefined : { serverId, keys: lines.toSorted() };
}

function equal(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}

function unknownKeys(machine: string, published: HostKeys | undefined): LorError {
  return new LorError({
    code: "host-key-unknown",
    message:
      published === undefined
        ? `${machine} has not published its host keys, so it could not be told from another machine`
        : `${machine} is a new server that has not published its host keys yet; those that are published are the former server's`,
    exit: ExitCode.failed,
    culprit: "cloud",
    accepted: "a machine that has applied its configuration: within 4 minutes of its start, or of lor-infra up",
    next: "the same command in a few minutes",
  });
}

function changedKeys(machine: string, pinned: readonly string[], seen: readonly string[]): LorError {
  const [first = ""] = seen;
  return new LorError({
    code: "host-key-changed",
    message: `the host keys of ${machine} have changed and its server has not: another machine may answer in its place`,
    exit: ExitCode.refused,
    culprit: "user",
    seen: seen.map(fingerprint).join(", "),
    accepted: pinned.map(fingerprint).join(", "),
    next: `compare with ssh-keygen -lf on the machine's console; if they are its own: lor-infra ssh ${machine} --trust-host-key ${fingerprint(first)}`,
  });
}
