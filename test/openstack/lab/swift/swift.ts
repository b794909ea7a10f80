import { existsSync, mkdirSync } from "node:fs";
import { renderIni, type Sections } from "../ini.ts";
import { address, identityUrl, loopback, type Place, type PortName, password, ports } from "../place.ts";
import { accountOf } from "../sections.ts";
import type { Lab, Service } from "../service.ts";
import { waitUntil } from "../wait.ts";

/** Real object storage on one device with one copy, with its own API and S3's. */
export const swift: Service = {
  name: "swift",
  packages: ["python3-swift", "swift", "swift-proxy", "swift-account", "swift-container", "swift-object", "socat"],
  databases: [],
  catalogue: [{ type: "object-store", name: "swift", url: `${address("swift")}/v1/AUTH_%(project_id)s` }],
  answersAt: `${address("swift")}/healthcheck`,
  configure,
  start,
};

const device = "d1";

const stores: readonly { readonly kind: string; readonly port: PortName }[] = [
  { kind: "object", port: "swiftObject" },
  { kind: "container", port: "swiftContainer" },
  { kind: "account", port: "swiftAccount" },
];

function common(place: Place, port: PortName) {
  return {
    bind_ip: loopback,
    bind_port: ports[port],
    workers: 0,
    user: "root",
    swift_dir: place.etc("swift"),
    log_address: logSocket(place),
  };
}

function logSocket(place: Place): string {
  return place.run("swift-log.sock");
}

function configure(place: Place): void {
  mkdirSync(place.data(`swift/${device}`), { recursive: true });
  place.write(
    "swift/swift.conf",
    renderIni({
      "swift-hash": { swift_hash_path_prefix: "lab", swift_hash_path_suffix: "lab" },
      "storage-policy:0": { name: "Policy-0", default: "yes" },
    }),
  );
  for (const { kind, port } of stores) {
    place.write(
      `swift/${kind}-server.conf`,
      renderIni({
        DEFAULT: {
          ...common(place, port),
          devices: place.data("swift"),
          // The device is a folder, and any file system will do.
          mount_check: false,
          disable_fallocate: true,
        },
        "pipeline:main": { pipeline: `${kind}-server` },
        [`app:${kind}-server`]: { use: `egg:swift#${kind}` },
      }),
    );
  }
  place.write("swift/proxy-server.conf", renderIni(proxy(place)));
}

/** The order matters: S3's signature is turned into a token after tokens are read, and before they are judged. */
const pipeline = [
  ...["catch_errors", "gatekeeper", "healthcheck", "proxy-logging", "cache", "listing_formats", "bulk", "tempurl"],
  ...["authtoken", "s3api", "s3token", "keystoneauth"],
  ...["copy", "slo", "dlo", "versioned_writes", "symlink", "proxy-logging", "proxy-server"],
];

function proxy(place: Place): Sections {
  const { region_name: _, ...account } = accountOf("swift");
  const plain = [
    "catch_errors",
    "gatekeeper",
    "healthcheck",
    "listing_formats",
    "bulk",
    "tempurl",
    "copy",
    "slo",
    "dlo",
  ];
  return {
    DEFAULT: common(place, "swift"),
    "pipeline:main": { pipeline: pipeline.join(" ") },
    "app:proxy-server": { use: "egg:swift#proxy", account_autocreate: true, allow_account_management: true },
    ...Object.fromEntries([...plain, "symlink"].map((filter) => [`filter:${filter}`, { use: `egg:swift#${filter}` }])),
    "filter:proxy-logging": { use: "egg:swift#proxy_logging" },
    "filter:versioned_writes": { use: "egg:swift#versioned_writes", allow_object_versioning: true },
    "filter:cache": { use: "egg:swift#memcache", memcache_servers: `${loopback}:${ports.memcached}` },
    "filter:s3api": { use: "egg:swift#s3api", location: "us-east-1", auth_pipeline_check: false, s3_acl: false },
    "filter:s3token": {
      use: "egg:swift#s3token",
      reseller_prefix: "AUTH_",
      delay_auth_decision: true,
      auth_uri: identityUrl,
      ...account,
      password,
    },
    "filter:authtoken": {
      "paste.filter_factory": "keystonemiddleware.auth_token:filter_factory",
      www_authenticate_uri: identityUrl,
      ...account,
      delay_auth_decision: true,
      memcached_servers: `${loopback}:${ports.memcached}`,
      service_token_roles_required: true,
      service_token_roles: "service",
    },
    "filter:keystoneauth": { use: "egg:swift#keystoneauth", operator_roles: "admin, member" },
  };
}

async function start(lab: Lab): Promise<void> {
  const { place, daemons } = lab;
  // Swift logs to the system's log alone, which a container has not.
  const socket = logSocket(place);
  daemons.start("swift-log", "socat", [
    "-u",
    `UNIX-RECV:${socket},unlink-early`,
    `OPEN:${place.log("swift")},creat,append`,
  ]);
  await waitUntil({ what: "Swift's log is open" }, async () => existsSync(socket));
  await makeRings(lab);
  for (const { kind } of stores) {
    daemons.start(`swift-${kind}`, `swift-${kind}-server`, [place.etc(`swift/${kind}-server.conf`)]);
  }
  daemons.start("swift-proxy", "swift-proxy-server", [place.etc("swift/proxy-server.conf")]);
}

/** Where each object lies: always on the one device. */
async function makeRings({ place, commands }: Lab): Promise<void> {
  for (const { kind, port } of stores) {
    if (existsSync(place.etc(`swift/${kind}.ring.gz`))) continue;
    const builder = (...args: string[]) =>
      commands.run("swift-rings", "swift-ring-builder", [place.etc(`swift/${kind}.builder`), ...args]);
    await builder("create", "6", "1", "1");
    await builder("add", `r1z1-${loopback}:${ports[port]}/${device}`, "1");
    await builder("rebalance");
  }
}
