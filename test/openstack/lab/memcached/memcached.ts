import { loopback, ports } from "../place.ts";
import type { Lab } from "../service.ts";

/** Keystone's answers and checked tokens are kept in it: without, every call asks Keystone first. */
export const packages = ["memcached", "python3-memcache"];

export function start({ daemons }: Lab): void {
  daemons.start("memcached", "memcached", ["-u", "root", "-l", loopback, "-p", String(ports.memcached), "-U", "0"]);
}
