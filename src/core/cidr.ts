import ipaddr from "ipaddr.js";

/** One IPv4 address in dotted form, without leading zeros. */
export class IpAddress {
  readonly #octets: readonly number[];

  private constructor(octets: readonly number[]) {
    this.#octets = octets;
  }

  /** @throws RangeError that names the accepted form */
  static parse(text: string): IpAddress {
    if (!ipaddr.IPv4.isValidFourPartDecimal(text)) {
      throw new RangeError(
        `an address has four numbers from 0 to 255, such as 10.10.1.10, not ${JSON.stringify(text)}`,
      );
    }
    const address = new IpAddress(ipaddr.IPv4.parse(text).octets);
    // The parser reads 010 as octal: refuse what would not be printed as it was written.
    if (address.toString() !== text) throw new RangeError(`an address has no leading zeros: ${address}, not ${text}`);
    return address;
  }

  static ofNumber(value: number): IpAddress {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
      throw new RangeError(`an address is a number from 0 to 2^32 - 1, not ${value}`);
    }
    return new IpAddress([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
  }

  toNumber(): number {
    return this.#octets.reduce((sum, octet) => sum * 256 + octet, 0);
  }

  equals(other: IpAddress): boolean {
    return this.toNumber() === other.toNumber();
  }

  toString(): string {
    return this.#octets.join(".");
  }

  toJSON(): string {
    return this.toString();
  }
}

/** An IPv4 network in CIDR form, such as `10.10.1.0/24`; the host bits are zero. */
export class Cidr {
  readonly #first: number;
  readonly prefix: number;

  private constructor(first: number, prefix: number) {
    this.#first = first;
    this.prefix = prefix;
  }

  /** @throws RangeError that names the accepted form */
  static parse(text: string): Cidr {
    const [address, prefixText, ...rest] = text.split("/");
    if (
      address === undefined ||
      prefixText === undefined ||
      rest.length > 0 ||
      !/^([0-9]|[12][0-9]|3[0-2])$/.test(prefixText)
    ) {
      throw new RangeError(
        `a network is an address, a slash and 0 to 32, such as 10.10.1.0/24, not ${JSON.stringify(text)}`,
      );
    }
    const prefix = Number(prefixText);
    const written = IpAddress.parse(address).toNumber();
    const first = Number(BigInt(written) & maskOf(prefix));
    if (first !== written) {
      throw new RangeError(
        `a network begins at its first address: ${IpAddress.ofNumber(first)}/${prefix}, not ${text}`,
      );
    }
    return new Cidr(first, prefix);
  }

  get first(): IpAddress {
    return IpAddress.ofNumber(this.#first);
  }

  get last(): IpAddress {
    return IpAddress.ofNumber(this.#first + 2 ** (32 - this.prefix) - 1);
  }

  /** Address at an offset from the first one. @throws RangeError outside the network */
  at(offset: number): IpAddress {
    const address = IpAddress.ofNumber(this.#first + offset);
    if (!this.contains(address)) throw new RangeError(`${this} has no address number ${offset}`);
    return address;
  }

  contains(address: IpAddress): boolean {
    const value = address.toNumber();
    return value >= this.#first && value <= this.last.toNumber();
  }

  includes(other: Cidr): boolean {
    return this.contains(other.first) && this.contains(other.last);
  }

  overlaps(other: Cidr): boolean {
    return this.contains(other.first) || other.contains(this.first);
  }

  toString(): string {
    return `${this.first}/${this.prefix}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

function maskOf(prefix: number): bigint {
  return (0xffff_ffffn << BigInt(32 - prefix)) & 0xffff_ffffn;
}
