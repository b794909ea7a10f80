import { mkdirSync } from "node:fs";
import { renderIni } from "../ini.ts";
import { address, identityUrl, loopback, type Place, password, ports, region } from "../place.ts";
import { database } from "../sections.ts";
import type { Lab, Service } from "../service.ts";
import { startWsgi } from "../wsgi.ts";

export const keystone: Service = {
  name: "keystone",
  packages: ["keystone", "python3-keystone", "uwsgi-core", "uwsgi-plugin-python3", "python3-pymysql"],
  databases: ["keystone"],
  // Its own entry is made by `bootstrap`.
  catalogue: [],
  answersAt: identityUrl,
  configure,
  initialise,
  start: (lab) =>
    startWsgi(lab, {
      name: "keystone",
      file: "/usr/bin/keystone-wsgi-public",
      processes: 2,
      arguments: `--config-file=${lab.place.etc("keystone/keystone.conf")}`,
      env: `OS_KEYSTONE_CONFIG_DIR=${lab.place.etc("keystone")}`,
    }),
};

function configure(place: Place): void {
  mkdirSync(place.data("keystone"), { recursive: true });
  const tokenKeys = { key_repository: place.data("keystone/fernet-keys") };
  place.write(
    "keystone/keystone.conf",
    renderIni({
      DEFAULT: { log_dir: "", public_endpoint: `${address("keystone")}/` },
      database: database("keystone"),
      // Every engine and every provider signs in by password; nobody guesses these.
      identity: { password_hash_rounds: 4 },
      token: { provider: "fernet", expiration: 86400 },
      fernet_tokens: tokenKeys,
      fernet_receipts: tokenKeys,
      credential: { key_repository: place.data("keystone/credential-keys") },
      cache: {
        enabled: true,
        backend: "oslo_cache.memcache_pool",
        memcache_servers: `${loopback}:${ports.memcached}`,
      },
    }),
  );
}

async function initialise({ place, commands }: Lab): Promise<void> {
  const manage = (...args: string[]) =>
    commands.run("keystone-manage", "keystone-manage", [
      `--config-file=${place.etc("keystone/keystone.conf")}`,
      ...args,
    ]);
  await manage("db_sync");
  for (const kind of ["fernet_setup", "credential_setup"]) {
    await manage(kind, "--keystone-user", "root", "--keystone-group", "root");
  }
  await manage(
    "bootstrap",
    ...["--bootstrap-password", password, "--bootstrap-region-id", region],
    ...["public", "internal", "admin"].flatMap((kind) => [`--bootstrap-${kind}-url`, `${identityUrl}/`]),
  );
}
