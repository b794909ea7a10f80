import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildProgram, findGo } from "../../src/engine/build-from-modules.ts";
import { BuildLock } from "../../src/engine/build-lock.ts";
import { EngineCache } from "../../src/engine/engine-cache.ts";
import type { EngineRecipe } from "../../src/engine/engine-recipes.ts";
import { ended, type Run } from "../e2e/project.ts";

const recipe: EngineRecipe = {
  binary: "actionlint",
  modules: `${join(import.meta.dirname, "actionlint")}/`,
  buildArguments: ["-trimpath", "github.com/rhysd/actionlint/cmd/actionlint"],
};

/** Path of actionlint, built once from its pinned module and kept beside the engine. A first build takes about 10 s. */
async function obtainActionlint(): Promise<string> {
  const { env } = process;
  const key = createHash("sha256")
    .update(`${process.platform}-${process.arch}\n`)
    .update(readFileSync(`${recipe.modules}go.mod`))
    .update(readFileSync(`${recipe.modules}go.sum`))
    .digest("hex")
    .slice(0, 16);
  const folder = join(dirname(new EngineCache(env).folder), "actionlint");
  const place = join(folder, key);
  const path = join(place, recipe.binary);
  const done = () => existsSync(path);
  const lock = await BuildLock.acquire({ folder: join(folder, `${key}.locks`), done, onWait: () => undefined });
  try {
    if (done()) return path;
    const go = findGo(env);
    if (go === undefined) throw new Error("actionlint is built with Go 1.26 or newer, which is not installed");
    const binFolder = join(folder, `.unfinished-${key}`);
    rmSync(binFolder, { recursive: true, force: true });
    mkdirSync(binFolder, { recursive: true });
    await buildProgram(go, recipe, { binFolder, env, onProgress: () => undefined });
    renameSync(binFolder, place);
    return path;
  } finally {
    lock?.release();
  }
}

/** Code 0: nothing was found in these files. */
export async function lint(files: readonly string[], folder: string): Promise<Run> {
  const program = await obtainActionlint();
  return await ended(spawn(program, ["-no-color", ...files], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] }));
}
