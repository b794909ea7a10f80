import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findGo } from "../../src/engine/build-from-modules.ts";
import { BuildLock } from "../../src/engine/build-lock.ts";
import { type Environment, ProgramCache, thisPlatform } from "../../src/engine/program-cache.ts";

const run = promisify(execFile);
const schemaSource = fileURLToPath(new URL("./schema/main.go", import.meta.url));

/** A source tree of terraform-provider-ovh, and how its programs are built outside of it. */
export interface ProviderSource {
  readonly folder: string;
  /** Commit; with `-changed` behind it when files differ from it. */
  readonly revision: string;
  /** Cache key of what is built from it. */
  readonly key: string;
}

interface BuildArgs {
  readonly source: ProviderSource;
  readonly env: Environment;
  readonly tell: (text: string) => void;
}

/** @throws Error when the folder is no clone */
export async function openSource(folder: string): Promise<ProviderSource> {
  const git = async (...args: string[]) => (await run("git", ["-C", folder, ...args], { maxBuffer: 2 ** 26 })).stdout;
  const commit = (await git("rev-parse", "HEAD")).trim();
  const changes = await git("diff", "HEAD");
  if (changes === "") return { folder, revision: commit, key: commit };
  const digest = createHash("sha256").update(changes).digest("hex").slice(0, 16);
  return { folder, revision: `${commit}-changed`, key: `${commit}-${digest}` };
}

/** The provider's acceptance tests as one program: on 2 cores some 15 minutes, once. */
export async function buildTests(args: BuildArgs): Promise<string> {
  return await built(args, { program: "acc.test", key: args.source.key, command: ["test", "-c"], package: "./ovh" });
}

/** A program that prints the provider's schema. Its own source is laid over the provider's module while it is compiled. */
export async function buildSchemaPrinter(args: BuildArgs): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-ovh-schema-"));
  const overlay = join(folder, "overlay.json");
  const place = "lor-infra-schema";
  writeFileSync(overlay, JSON.stringify({ Replace: { [join(args.source.folder, place, "main.go")]: schemaSource } }));
  const digest = createHash("sha256").update(readFileSync(schemaSource)).digest("hex").slice(0, 16);
  try {
    return await built(args, {
      program: "schema",
      key: `${args.source.key}-${digest}`,
      command: ["build", "-overlay", overlay],
      package: `./${place}`,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Program {
  readonly program: string;
  readonly key: string;
  readonly command: readonly string[];
  readonly package: string;
}

async function built(args: BuildArgs, wanted: Program): Promise<string> {
  const { env, tell } = args;
  const { program, key } = wanted;
  const cache = new ProgramCache({ env, kind: "ovh-provider-tests", key: `${key}-${thisPlatform}`, program });
  const lock = await BuildLock.acquire({
    folder: cache.lockFolder,
    done: () => cache.find() !== undefined,
    onWait: (holder) => tell(`process ${holder} is building ${program}; waiting for it`),
  });
  try {
    return cache.find() ?? (await build(cache, args, wanted));
  } finally {
    lock?.release();
  }
}

async function build(cache: ProgramCache, { source, env, tell }: BuildArgs, wanted: Program): Promise<string> {
  const go = findGo(env);
  if (go === undefined) throw new Error("the provider is built with Go 1.26 or newer, which is not installed");
  tell(`building the provider's ${wanted.program}`);
  const folder = cache.begin();
  try {
    const output = join(folder, "bin", wanted.program);
    const child = spawn(go, [...wanted.command, "-mod=vendor", "-p", "2", "-o", output, wanted.package], {
      cwd: source.folder,
      env: { ...env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
      stdio: ["ignore", "inherit", "inherit"],
    });
    const ended = Promise.withResolvers<number>();
    child.once("error", ended.reject);
    child.once("close", (code) => ended.resolve(code ?? 1));
    if ((await ended.promise) !== 0) throw new Error(`${wanted.program} cannot be built from ${source.folder}`);
    return cache.keep(folder);
  } finally {
    cache.drop(folder);
  }
}
