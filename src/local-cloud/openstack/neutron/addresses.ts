import { type Cidr, IpAddress } from "../../../core/cidr.ts";
import type { Store } from "../../kernel/store.ts";

/** Which addresses of a subnet are taken, and by which port. */
export class AddressBook {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Port that holds the address. */
  owner(subnetId: string, address: string): string | undefined {
    const row = this.#store
      .prepare("SELECT owner FROM address WHERE subnet = ? AND address = ?")
      .get(subnetId, IpAddress.parse(address).toNumber());
    return typeof row?.owner === "string" ? row.owner : undefined;
  }

  /** The address must be free: ask `owner` first. */
  claim(subnetId: string, address: string, owner: string): void {
    this.#store
      .prepare("INSERT INTO address (subnet, address, owner) VALUES (?, ?, ?)")
      .run(subnetId, IpAddress.parse(address).toNumber(), owner);
  }

  release(owner: string): void {
    this.#store.prepare("DELETE FROM address WHERE owner = ?").run(owner);
  }

  releaseOne(subnetId: string, address: string): void {
    this.#store
      .prepare("DELETE FROM address WHERE subnet = ? AND address = ?")
      .run(subnetId, IpAddress.parse(address).toNumber());
  }

  taken(subnetId: string): { ipAddress: string; portId: string }[] {
    return this.#store
      .prepare("SELECT address, owner FROM address WHERE subnet = ? ORDER BY address")
      .all(subnetId)
      .map((row) => ({ ipAddress: IpAddress.ofNumber(Number(row.address)).toString(), portId: String(row.owner) }));
  }

  /** The lowest free address of the ranges, in their order; undefined when all are taken. */
  firstFree(subnetId: string, ranges: readonly { readonly start: string; readonly end: string }[]): string | undefined {
    for (const range of ranges) {
      const start = IpAddress.parse(range.start).toNumber();
      const end = IpAddress.parse(range.end).toNumber();
      const free = this.owner(subnetId, range.start) === undefined ? start : this.#gapAfter(subnetId, start, end);
      if (free !== undefined) {
        return IpAddress.ofNumber(free).toString();
      }
    }
    return undefined;
  }

  #gapAfter(subnetId: string, start: number, end: number): number | undefined {
    const row = this.#store
      .prepare(
        `SELECT a.address + 1 AS free FROM address a
         WHERE a.subnet = ? AND a.address >= ? AND a.address < ?
           AND NOT EXISTS (SELECT 1 FROM address b WHERE b.subnet = a.subnet AND b.address = a.address + 1)
         ORDER BY a.address LIMIT 1`,
      )
      .get(subnetId, start, end);
    return row === undefined ? undefined : Number(row.free);
  }
}

/** Neutron's default pools: everything but network, broadcast and gateway. */
export function defaultPools(cidr: Cidr, gateway: string | undefined): { start: string; end: string }[] {
  const first = cidr.first.toNumber() + 1;
  const last = cidr.last.toNumber() - 1;
  const text = (value: number): string => IpAddress.ofNumber(value).toString();
  const hole = gateway === undefined ? undefined : IpAddress.parse(gateway).toNumber();
  if (hole === undefined || hole < first || hole > last) {
    return first <= last ? [{ start: text(first), end: text(last) }] : [];
  }
  return [
    { from: first, to: hole - 1 },
    { from: hole + 1, to: last },
  ]
    .filter(({ from, to }) => from <= to)
    .map(({ from, to }) => ({ start: text(from), end: text(to) }));
}

/** A MAC address of OpenStack's range, from hexadecimal digits. */
export function macAddressOf(hex: string): string {
  return ["fa", "16", "3e", hex.slice(0, 2), hex.slice(2, 4), hex.slice(4, 6)].join(":");
}
