import { host } from "./host.ts";

/** An integer from 0 up to a limit, which it does not reach; each is as likely as the others. @param limit 1 to 2^32 */
export function randomBelow(limit: number): number {
  const values = 2 ** 32;
  // Values above the largest multiple would make some results more likely.
  const end = values - (values % limit);
  for (;;) {
    const value = Buffer.from(host().randomBytes(4)).readUInt32BE();
    if (value < end) return value % limit;
  }
}
