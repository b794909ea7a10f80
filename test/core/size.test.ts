import fc from "fast-check";
import { expect, test } from "vitest";
import { Size, type SizeUnit } from "../../src/core/size.ts";

const unit = fc.constantFrom<SizeUnit>("B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB");
const amount = fc.integer({ min: 0, max: 1_000_000 });

test("what is written is read back, to the byte", () => {
  fc.assert(
    fc.property(amount, unit, (value, of) => {
      const size = Size.of(value, of);
      expect(Size.parse(size.toString()).bytes).toBe(size.bytes);
      expect(size.in(of)).toBe(value);
    }),
  );
});

test("a conversion is exact or throws", () => {
  fc.assert(
    fc.property(amount, unit, unit, (value, from, to) => {
      const size = Size.of(value, from);
      const one = Size.of(1, to).bytes;
      if (size.bytes % one === 0n && size.bytes / one <= BigInt(Number.MAX_SAFE_INTEGER)) {
        expect(BigInt(size.in(to)) * one).toBe(size.bytes);
      } else {
        expect(() => size.in(to)).toThrow(RangeError);
      }
    }),
  );
});

test("decimal and binary units are not the same", () => {
  expect(Size.parse("1 GB").bytes).toBe(1_000_000_000n);
  expect(Size.parse("1 GiB").bytes).toBe(1_073_741_824n);
  expect(() => Size.parse("1 GiB").in("GB")).toThrow(RangeError);
});

test.each(["", "GB", "1.5 GB", "-1 GB", "100", "100 gb", "1e3 GB", "100 Go"])("%j is refused", (text) => {
  expect(() => Size.parse(text)).toThrow(RangeError);
});
