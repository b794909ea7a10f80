import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { erpRelease } from "./erp-release.ts";
import { shopRelease } from "./shop-release.ts";

const releaseHost = "releases.lor.example";
const shopVersion = "9.1.5";
const erpVersion = "16.0.20241001";

type Mapping = Readonly<Record<string, unknown>>;

interface MachinesProjectArgs {
  /** Folder of the example's settings. */
  readonly example: string;
  /** Its `Pulumi.yaml`. */
  readonly shared: Mapping;
  /** Existing folder for everything. */
  readonly folder: string;
}

export interface MachinesProject {
  /** Folder of the settings. */
  readonly settings: string;
  /** Folder of the release archives, each at HOST/PATH of its address. */
  readonly releases: string;
  /** Home folder of a user whose only SSH key is the administrator's. */
  readonly userHome: string;
}

/**
 * Writes the project of the demo whose machines boot: the example's settings, with an administrator who has a key of its own, and with applications
 * that stand for PrestaShop and Odoo.
 */
export function writeMachinesProject({ example, shared, folder }: MachinesProjectArgs): MachinesProject {
  const made = {
    settings: join(folder, "project"),
    releases: join(folder, "releases"),
    userHome: join(folder, "user"),
  };
  const keys = join(made.userHome, ".ssh");
  const archives = join(made.releases, releaseHost);
  for (const place of [made.settings, keys, archives]) mkdirSync(place, { recursive: true, mode: 0o700 });
  const key = join(keys, "id_ed25519");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], { stdio: "pipe" });
  const release = (version: string, file: string, archive: Buffer) => {
    writeFileSync(join(archives, file), archive);
    const sha256 = createHash("sha256").update(archive).digest("hex");
    return { version, url: `https://${releaseHost}/${file}`, sha256 };
  };
  const changes: Readonly<Record<string, Mapping>> = {
    prestashop: { release: release(shopVersion, "shop.zip", shopRelease(shopVersion)) },
    odoo: { release: release(erpVersion, "erp.deb", erpRelease(erpVersion)) },
    // Nobody else uses the service: its machine grants itself the right to make tables.
    postgresql: { adoptAdministrator: true },
    access: {
      administrators: [{ name: "demo", key: readFileSync(`${key}.pub`, "utf8").trim() }],
      allowFrom: ["203.0.113.0/24"],
      subnet: { cidr: "10.10.5.0/24", vlan: 105 },
      bastion: { address: "10.10.5.10" },
    },
  };
  const config: Record<string, unknown> = { ...mapping(shared.config) };
  for (const [name, change] of Object.entries(changes)) {
    config[name] = { value: { ...mapping(mapping(config[name]).value), ...change } };
  }
  // JSON is YAML.
  writeFileSync(join(made.settings, "Pulumi.yaml"), JSON.stringify({ ...shared, config }, null, 2));
  for (const file of ["Pulumi.normal.yaml", "Pulumi.rush.yaml"])
    copyFileSync(join(example, file), join(made.settings, file));
  return made;
}

/** The value, or an empty mapping for any other kind of value. */
function mapping(value: unknown): Mapping {
  return typeof value === "object" && value !== null ? (value as Mapping) : {};
}
