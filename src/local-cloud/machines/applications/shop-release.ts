import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Zippable, zipSync } from "fflate";

const shop = join(import.meta.dirname, "shop");
/** The same bytes for the same files, whenever they are made. */
const mtime = "2026-01-01T00:00:00Z";

/**
 * Archive of the shop that stands for PrestaShop in tests (docs/decisions/stand-in-shop.md), in the shape of PrestaShop's own: a zip with
 * `prestashop.zip` in it. `changes` replaces or adds files, by their path.
 */
export function shopRelease(version: string, changes: Readonly<Record<string, string>> = {}): Buffer {
  const files: Zippable = {};
  for (const path of readdirSync(shop, { recursive: true, withFileTypes: true })) {
    if (!path.isFile()) continue;
    const name = join(path.parentPath, path.name);
    files[relative(shop, name)] = Buffer.from(readFileSync(name, "utf8").replaceAll("@@version@@", version));
  }
  for (const [path, content] of Object.entries(changes)) files[path] = Buffer.from(content);
  return zip({ "prestashop.zip": zip(files), "index.php": Buffer.from("<?php // Unpacks prestashop.zip.\n") });
}

function zip(files: Zippable): Buffer {
  return Buffer.from(zipSync(files, { level: 6, mtime }));
}
