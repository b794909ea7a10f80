import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Path of Debian's libfaketime on this computer, which gives a process another clock (`LD_PRELOAD`). @throws Error when it is not installed */
export function faketimeLibrary(): string {
  const name = "libfaketime.so.1";
  const found = readdirSync("/usr/lib")
    .map((folder) => join("/usr/lib", folder, "faketime"))
    .find((folder) => {
      try {
        return readdirSync(folder).includes(name);
      } catch {
        return false;
      }
    });
  if (found === undefined) throw new Error("libfaketime is not installed: test/guests/install-tools.sh guests");
  return join(found, name);
}
