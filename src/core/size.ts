const unitBytes = Object.freeze({
  B: 1n,
  kB: 1000n,
  MB: 1000n ** 2n,
  GB: 1000n ** 3n,
  TB: 1000n ** 4n,
  KiB: 1024n,
  MiB: 1024n ** 2n,
  GiB: 1024n ** 3n,
  TiB: 1024n ** 4n,
});
export type SizeUnit = keyof typeof unitBytes;

/**
 * An amount of storage, exact to the byte. `1 GB` is 10^9 bytes, `1 GiB` is 2^30. A conversion that would lose precision throws.
 */
export class Size {
  readonly bytes: bigint;

  private constructor(bytes: bigint) {
    this.bytes = bytes;
  }

  /** A whole number of a unit. */
  static of(amount: number, unit: SizeUnit): Size {
    if (!Number.isSafeInteger(amount) || amount < 0) {
      throw new RangeError(`a size is a whole number from 0, not ${amount} ${unit}`);
    }
    return new Size(BigInt(amount) * unitBytes[unit]);
  }

  /** Parses `100 GB`, `7GiB`. @throws RangeError that names the accepted form */
  static parse(text: string): Size {
    const match = /^(\d+) ?([A-Za-z]+)$/.exec(text.trim());
    const unit = match?.[2];
    if (match?.[1] === undefined || unit === undefined || !isUnit(unit)) {
      throw new RangeError(
        `a size is a whole number and one of ${Object.keys(unitBytes).join(", ")}, such as 100 GB, not ${JSON.stringify(text)}`,
      );
    }
    return new Size(BigInt(match[1]) * unitBytes[unit]);
  }

  /** Whole number of a unit. @throws RangeError for a fraction */
  in(unit: SizeUnit): number {
    const factor = unitBytes[unit];
    const amount = Number(this.bytes / factor);
    if (this.bytes % factor !== 0n || !Number.isSafeInteger(amount)) {
      throw new RangeError(`${this} is not a whole number of ${unit}`);
    }
    return amount;
  }

  /** In the largest unit without a fraction, decimal units first. */
  toString(): string {
    for (const unit of ["TB", "GB", "MB", "kB", "TiB", "GiB", "MiB", "KiB"] as const) {
      if (this.bytes > 0n && this.bytes % unitBytes[unit] === 0n) return `${this.bytes / unitBytes[unit]} ${unit}`;
    }
    return `${this.bytes} B`;
  }

  toJSON(): string {
    return this.toString();
  }
}

function isUnit(text: string): text is SizeUnit {
  return Object.hasOwn(unitBytes, text);
}
