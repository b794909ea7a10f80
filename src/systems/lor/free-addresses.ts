import { type Cidr, IpAddress } from "../../core/cidr.ts";
import { reservedAddresses } from "./address-plan.ts";

/** Free addresses of a subnet for servers, beginning after the last used one; fewer than requested when the subnet has no more. */
export function freeAddresses(subnet: Cidr, taken: readonly IpAddress[], count: number): readonly IpAddress[] {
  const { gateway, poolStart, poolEnd } = reservedAddresses(subnet);
  const [first, last] = [subnet.first.toNumber(), subnet.last.toNumber()];
  const used = new Set([first, last, gateway.toNumber(), ...taken.map((address) => address.toNumber())]);
  const isFree = (number: number) =>
    !used.has(number) && (number < poolStart.toNumber() || number > poolEnd.toNumber());
  const after = Math.max(
    first,
    ...taken.filter((address) => subnet.contains(address)).map((address) => address.toNumber()),
  );
  const numbers = Array.from(
    { length: last - first + 1 },
    (_, index) => first + ((after + 1 - first + index) % (last - first + 1)),
  );
  return numbers
    .filter(isFree)
    .slice(0, count)
    .map((number) => IpAddress.ofNumber(number));
}
