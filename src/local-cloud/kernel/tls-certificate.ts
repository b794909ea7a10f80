import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { host } from "../../os/host.ts";
import { selfSignedPkcs12 } from "../../os/pkcs12.ts";

/** The certificate that the local cloud offers for HTTPS listeners, made at its first start: `tls.p12`, without a password. */
export function ensureTlsFile(folder: string, now: Date): string {
  const path = join(folder, "tls.p12");
  if (!existsSync(path)) {
    const temporary = `${path}.${host().pid}`;
    writeFileSync(temporary, selfSignedPkcs12(["*.lor.example", "localhost"], now), { mode: 0o600 });
    renameSync(temporary, path);
  }
  return path;
}
