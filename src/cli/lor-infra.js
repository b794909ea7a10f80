#!/usr/bin/env node
// Plain JavaScript: it must run on the system's Node, however old, to reach the pinned one (npm's package `node`).
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const source = join(root, "src", "cli", "main.ts");
// Node strips types everywhere but under node_modules, where the compiled package lies.
const compiled = root.split(sep).includes("node_modules") || !existsSync(source);
const entry = compiled ? join(root, "dist", "src", "cli", "main.js") : source;

if (Number(process.versions.node.split(".")[0]) >= 24) {
  module.enableCompileCache?.();
  await import(pathToFileURL(entry).href);
} else {
  const pinned = join(dirname(module.createRequire(import.meta.url).resolve("node/package.json")), "bin", "node");
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal gives Ctrl-C to the whole process group: the child decides what it means, this process only waits.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
