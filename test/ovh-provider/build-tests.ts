import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { findGo } from "../../src/engine/build-from-modules.ts";
import { BuildLock } from "../../src/engine/build-lock.ts";
import { type Environment, ProgramCache, thisPlatform } from "../../src/engine/program-cache.ts";

const run = promisify(execFile);

export interface BuiltTests {
  /** The provider's acceptance tests as one program. */
  readonly program: string;
  /** Commit of the source; with `-changed` behind it when files differ from it. */
  readonly revision: string;
}

/** Builds the acceptance tests from a source tree of terraform-provider-ovh, outside of it, or finds them in the cache: on 2 cores some 15 minutes, once. */
export async function buildTests(source: string, env: Environment, tell: (text: string) => void): Promise<BuiltTests> {
  const { revision, key } = await revisionOf(source);
  const cache = new ProgramCache({
    env,
    kind: "ovh-provider-tests",
    key: `${key}-${thisPlatform}`,
    program: "acc.test",
  });
  const lock = await BuildLock.acquire({
    folder: cache.lockFolder,
    done: () => cache.find() !== undefined,
    onWait: (holder) => tell(`process ${holder} is building the provider's tests; waiting for it`),
  });
  try {
    return { program: cache.find() ?? (await build(cache, source, env, tell)), revision };
  } finally {
    lock?.release();
  }
}

async function revisionOf(source: string): Promise<{ readonly revision: string; readonly key: string }> {
  const git = async (...args: string[]) => (await run("git", ["-C", source, ...args], { maxBuffer: 2 ** 26 })).stdout;
  const commit = (await git("rev-parse", "HEAD")).trim();
  const changes = await git("diff", "HEAD");
  if (changes === "") return { revision: commit, key: commit };
  const digest = createHash("sha256").update(changes).digest("hex").slice(0, 16);
  return { revision: `${commit}-changed`, key: `${commit}-${digest}` };
}

async function build(
  cache: ProgramCache,
  source: string,
  env: Environment,
  tell: (text: string) => void,
): Promise<string> {
  const go = findGo(env);
  if (go === undefined) throw new Error("the provider's tests are built with Go 1.26 or newer, which is not installed");
  tell("building the provider's tests");
  const folder = cache.begin();
  try {
    const args = ["test", "-mod=vendor", "-p", "2", "-c", "-o", join(folder, "bin/acc.test"), "./ovh"];
    const child = spawn(go, args, {
      cwd: source,
      env: { ...env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
      stdio: ["ignore", "inherit", "inherit"],
    });
    const ended = Promise.withResolvers<number>();
    child.once("error", ended.reject);
    child.once("close", (code) => ended.resolve(code ?? 1));
    if ((await ended.promise) !== 0) throw new Error(`the provider's tests cannot be built from ${source}`);
    return cache.keep(folder);
  } finally {
    cache.drop(folder);
  }
}
