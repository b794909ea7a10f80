/**
 * Bundles the commands that answer from the settings alone, because Node takes longer to load their 260 modules than they take to answer.
 * Usage: `node .ci/bundle.js <folder>`. Does nothing where the development dependencies are not installed.
 * docs/decisions/start-up.md says why, and when the launcher uses the bundle.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

const commands = ["calendar", "check", "cost", "rpo"];

const root = join(import.meta.dirname, "..");
const folder = resolve(process.argv[2] ?? "");
// A package never changes; in a clone the bundle is as old as its sources.
const packaged = folder.startsWith(join(root, "dist") + sep);

let bundler;
try {
  bundler = await import("rolldown");
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  process.exit(0);
}
rmSync(folder, { recursive: true, force: true });
const bundle = await bundler.rolldown({
  input: join(root, "src", "cli", "main.ts"),
  platform: "node",
  external: (id) =>
    id === "./build.ts" ||
    id === "./connect.ts" ||
    (/^\.{1,2}\/commands\//.test(id) && !commands.includes(basename(id, ".ts"))),
  plugins: [
    { name: "built-in-modules", transform: listBuiltIns },
    { name: "unused-child-process", transform: loadChildProcessLate },
  ],
});
const { output } = await bundle.write({
  dir: folder,
  // Loaded without Node's loader of ES modules, and built-in modules without the copy of all their exports.
  format: "cjs",
  entryFileNames: "main.cjs",
  chunkFileNames: "[name].cjs",
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
});
const bundled = [...new Set(output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : [])))];
const sources = bundled.filter((id) => id.startsWith(join(root, "src") + sep));
for (const file of sources) {
  if (readFileSync(file, "utf8").includes("import.meta.url")) {
    throw new Error(`${relative(root, file)} reads files beside it, which a bundle does not have`);
  }
}
// Written by npm at the end of each change of node_modules.
const watched = packaged ? [] : [...sources, join(root, "node_modules", ".package-lock.json")];
const stamps = watched.map((file) => {
  const { size, mtimeMs } = statSync(file);
  return [relative(root, file), size, mtimeMs];
});
writeFileSync(join(folder, "manifest.json"), JSON.stringify({ commands, sources: stamps }));

/** A bundle has no folders to search: the registries get the modules that lie beside them now. */
function listBuiltIns(code, id) {
  const kind = { systems: "system", clouds: "cloud" }[relative(join(root, "src"), id).replace(`${sep}registry.ts`, "")];
  if (kind === undefined) return undefined;
  const ids = readdirSync(dirname(id)).filter((name) => existsSync(join(dirname(id), name, "index.ts")));
  const search = /await loadModules\([\s\S]*?\n\);/;
  if (!search.test(code)) throw new Error(`${relative(root, id)} no longer searches for its modules as expected`);
  const imports = ids.map((name, index) => `import { ${kind} as found${index} } from "./${name}/index.ts";`);
  return `${imports.join("\n")}\n${code.replace(search, `new Map([${ids.map((_, index) => `found${index}`).join(", ")}].map((one) => [one.id, one]));`)}`;
}

/** Commander loads it (6 ms) for subcommands that are programs of their own, of which there are none here. */
function loadChildProcessLate(code, id) {
  if (!id.endsWith(join("commander", "lib", "command.js"))) return undefined;
  const load = "const childProcess = require('node:child_process');";
  if (!code.includes(load)) throw new Error("commander no longer loads node:child_process as expected");
  return code.replace(
    load,
    'const childProcess = { spawn: (...args) => require("node:child_process").spawn(...args) };',
  );
}
