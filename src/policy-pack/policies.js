#!/usr/bin/env node
// The pack as a program of its own: `--policy-pack <this file>` needs no language host that can start packs.
// Plain JavaScript, so that it also runs under node_modules, where Node strips no types and the compiled pack lies beside it.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
// The pack's version is read from the package.json of the working directory.
process.chdir(folder);
await import(existsSync(join(folder, "pack.ts")) ? "./pack.ts" : "./pack.js");
