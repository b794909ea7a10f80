import { readFileSync } from "node:fs";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { faketimeLibrary } from "../faketime.ts";

const library = "/usr/local/lib/libfaketime.so.1";

/**
 * Sets the clock that a machine's programs see; a container has none of its own. Programs written in Go ask the kernel without the library,
 * and are not fooled.
 * @param shift as libfaketime reads it, such as `+1d`; `0`: the right time
 */
export async function setClock(machine: Machine, shift: string): Promise<void> {
  const script =
    shift === "0"
      ? "rm -f /etc/ld.so.preload /etc/faketimerc"
      : `base64 -d >${library}
echo '${shift}' >/etc/faketimerc
echo ${library} >/etc/ld.so.preload
# As of a clock that was set: what counts seconds since the start does not see it.
systemctl set-environment FAKETIME_DONT_FAKE_MONOTONIC=1`;
  const input = readFileSync(faketimeLibrary()).toString("base64");
  await machine.run(["sh", "-c", `${script}\nsystemctl restart php8.2-fpm.service`], { input });
}
