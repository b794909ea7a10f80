import fc from "fast-check";
import { expect, test } from "vitest";
import { Cidr, IpAddress } from "../../src/core/cidr.ts";

const number = fc.integer({ min: 0, max: 0xffff_ffff });
const prefix = fc.integer({ min: 0, max: 32 });

function cidrAround(value: number, length: number): Cidr {
  const size = 2 ** (32 - length);
  return Cidr.parse(`${IpAddress.ofNumber(Math.floor(value / size) * size)}/${length}`);
}

test("an address is read back as written", () => {
  fc.assert(
    fc.property(number, (value) => {
      const address = IpAddress.ofNumber(value);
      expect(IpAddress.parse(address.toString()).toNumber()).toBe(value);
    }),
  );
});

test("a network holds its first, its last and what lies between, and nothing else", () => {
  fc.assert(
    fc.property(number, prefix, number, (value, length, other) => {
      const cidr = cidrAround(value, length);
      const inside = other >= cidr.first.toNumber() && other <= cidr.last.toNumber();
      expect(cidr.contains(IpAddress.ofNumber(value))).toBe(true);
      expect(cidr.contains(IpAddress.ofNumber(other))).toBe(inside);
      expect(cidr.last.toNumber() - cidr.first.toNumber() + 1).toBe(2 ** (32 - length));
      expect(Cidr.parse(cidr.toString()).toString()).toBe(cidr.toString());
    }),
  );
});

test("networks overlap exactly when one holds the other's first address", () => {
  fc.assert(
    fc.property(number, prefix, number, prefix, (a, aLength, b, bLength) => {
      const first = cidrAround(a, aLength);
      const second = cidrAround(b, bLength);
      expect(first.overlaps(second)).toBe(second.overlaps(first));
      expect(first.overlaps(second)).toBe(first.includes(second) || second.includes(first));
    }),
  );
});

test.each(["10.10.1", "10.10.1.256", "010.10.1.1", "10.10.1.1 ", "0x0a.1.1.1", "168430090", "::1", ""])(
  "%j is no address",
  (text) => {
    expect(() => IpAddress.parse(text)).toThrow(RangeError);
  },
);

test.each(["10.10.1.0", "10.10.1.0/33", "10.10.1.0/024", "10.10.1.1/24", "10.10.1.0/24/1", "10.10.1.0/"])(
  "%j is no network",
  (text) => {
    expect(() => Cidr.parse(text)).toThrow(RangeError);
  },
);

test("an address outside the network has no number in it", () => {
  expect(Cidr.parse("10.10.1.0/24").at(254).toString()).toBe("10.10.1.254");
  expect(() => Cidr.parse("10.10.1.0/24").at(256)).toThrow(RangeError);
});
