#!/usr/bin/env node
// Plain JavaScript: every Node runs it, however old, and it starts the pinned one where this one is too old.
// A CommonJS module: Node starts one without its loader of ES modules, which takes as long as all of Node.
const { existsSync, readFileSync, statSync } = require("node:fs");
const nodeModule = require("node:module");
const { dirname, join, sep } = require("node:path");
const { pathToFileURL } = require("node:url");

/** The oldest Node that runs the program itself: it strips types, and knows `using`. */
const oldestNode = 24;
const newerNode = `install Node ${oldestNode} or newer: https://nodejs.org`;

/** Error code of a defect, and what to do about it. */
const defect = {
  code: "internal",
  next: "run the same command with LOR_INFRA_DEBUG=1 and report what it prints",
  culprit: "tool",
};
const unfinished = {
  ...defect,
  message: "the command ended before it was done: something that it waited for never answered",
};

const root = join(__dirname, "..", "..");

if (Number(process.versions.node.split(".")[0]) >= oldestNode) {
  nodeModule.enableCompileCache?.();
  const source = join(root, "src", "cli", "main.ts");
  // Node strips types everywhere but under node_modules, where the compiled package lies.
  const compiled = root.split(sep).includes("node_modules") || !existsSync(source);
  const entry = compiled ? join(root, "dist", "src", "cli", "main.js") : source;
  const bundles = compiled
    ? join(root, "dist", "offline")
    : join(root, "node_modules", ".cache", "lor-infra", "offline");
  const bundle = findBundle(bundles);
  // The program ends by `process.exit`. An event loop that is empty before has nothing left to wait for: a promise never settles.
  const refuseUnfinished = () => refuse(unfinished);
  process.once("beforeExit", refuseUnfinished);
  if (bundle === undefined) {
    import(pathToFileURL(entry).href).catch((error) => {
      process.off("beforeExit", refuseUnfinished);
      refuse(error);
    });
  } else require(bundle);
} else {
  startPinnedNode();
}

/** The bundle of `.ci/bundle.js`, if it has this command and is as its sources are now. */
function findBundle(folder) {
  // With the sources' own stack traces.
  if (process.env.LOR_INFRA_DEBUG === "1") return undefined;
  // Extensions are searched for at run time.
  if (process.env.LOR_INFRA_EXTENSIONS) return undefined;
  const manifest = join(folder, "manifest.json");
  if (!existsSync(manifest)) return undefined;
  const { commands, sources } = JSON.parse(readFileSync(manifest, "utf8"));
  if (!commands.includes(process.argv[2])) return undefined;
  const unchanged = sources.every(([file, size, mtimeMs]) => {
    const found = statSync(join(root, file), { throwIfNoEntry: false });
    return found?.size === size && found.mtimeMs === mtimeMs;
  });
  return unchanged ? join(folder, "main.cjs") : undefined;
}

/** Runs this command again with the Node of the optional package `node-<platform>-<architecture>`. */
function startPinnedNode() {
  const name = `node-${process.platform}-${process.arch}`;
  let pinned;
  try {
    pinned = join(dirname(require.resolve(`${name}/package.json`)), "bin", "node");
  } catch {
    const { optionalDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const install = root.split(sep).includes("node_modules") ? "npm install" : "npm ci";
    const next = name in optionalDependencies ? `${install} --include=optional` : newerNode;
    refuseNode(`the npm package ${name} is not installed`, next);
    return;
  }
  const { spawn } = require("node:child_process");
  const { constants } = require("node:os");
  const child = spawn(pinned, [__filename, ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal gives Ctrl-C to the whole process group: the child decides what it means, this process only waits.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => refuseNode(`${pinned} does not start (${error.message})`, newerNode));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function refuseNode(reason, next) {
  refuse({
    code: "node-too-old",
    message: `lor-infra runs on Node ${oldestNode} or newer, and ${reason}`,
    seen: `Node ${process.versions.node} for ${process.platform} ${process.arch}`,
    accepted: `Node ${oldestNode} or newer; an older one only where the optional dependencies are installed`,
    next,
    culprit: "user",
  });
}

/** Writes an error in the form of all others; here, because nothing else may be loaded. One without a next command is a defect: its stack is shown. */
function refuse({ code, message, seen, accepted, next, culprit, stack }) {
  if (next === undefined) process.stderr.write(`${stack ?? message}\n`);
  const error = next === undefined ? { ...defect, message } : { code, message, seen, accepted, next, culprit };
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify({ version: 1, ok: false, error }, null, 2)}\n`);
  } else {
    const details = ["seen", "accepted", "next"]
      .filter((label) => error[label] !== undefined)
      .map((label) => `  ${label.padEnd(9)} ${error[label]}\n`);
    process.stderr.write(`error: ${error.message} [${error.code}]\n${details.join("")}`);
  }
  process.exitCode = 1;
}
