import { ExitCode, LorError, messageOf } from "../core/errors.ts";
import { BuildFailure, buildFromModules, findGo } from "./build-from-modules.ts";
import { BuildLock } from "./build-lock.ts";
import { downloadRelease } from "./download-release.ts";
import { EngineCache } from "./engine-cache.ts";
import { engineRecipes, engineVersion } from "./engine-recipes.ts";
import { engineMissing, engineOnPath, type FoundEngine, pathReason } from "./locate-engine.ts";
import type { Environment } from "./program-cache.ts";

export interface InstallEngineArgs {
  readonly env: Environment;
  /** Progress message to display; emitted several times a second during a build. */
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
  /** Downloads a release into a folder; false when the host cannot be reached. Default: the official release. */
  readonly download?: (folder: string, onProgress: (text: string) => void) => Promise<boolean>;
}

/**
 * Finds or installs the engine and the language host of plain `pulumi`, in this order: `pulumi` on PATH if new enough, the project's cache, the
 * official download, a build from Go modules.
 * @throws LorError `engine-missing`, `engine-build-failed`, `cancelled`
 */
export async function installEngine(args: InstallEngineArgs): Promise<FoundEngine> {
  const onPath = await engineOnPath(args.env);
  if (onPath?.newEnough === true) {
    return { found: true, path: onPath.path, version: onPath.version, origin: "path" };
  }
  const cache = new EngineCache(args.env);
  const cached = cache.find();
  if (cached !== undefined) {
    return { found: true, path: cached, version: engineVersion, origin: "cache" };
  }
  const onProgress = args.onProgress ?? (() => {});
  const lock = await BuildLock.acquire({
    folder: cache.lockFolder,
    done: () => cache.find() !== undefined,
    onWait: (holder) => onProgress(`process ${holder} is obtaining the engine; waiting for it`),
    signal: args.signal,
  });
  try {
    const made = cache.find();
    return made === undefined
      ? await obtain(args, cache, onProgress, pathReason(onPath))
      : { found: true, path: made, version: engineVersion, origin: "cache" };
  } finally {
    lock?.release();
  }
}

async function obtain(
  args: InstallEngineArgs,
  cache: EngineCache,
  onProgress: (text: string) => void,
  whyNotPath: string,
): Promise<FoundEngine> {
  const folder = cache.begin();
  try {
    const unavailable = await downloadInto(folder, args, onProgress);
    if (unavailable === undefined) {
      return { found: true, path: cache.keep(folder), version: engineVersion, origin: "download" };
    }
    const go = findGo(args.env);
    if (go === undefined) {
      throw engineMissing([whyNotPath, "none in the cache", unavailable, "Go is not installed"]);
    }
    await buildFromModules(go, engineRecipes, {
      binFolder: `${folder}/bin`,
      env: args.env,
      onProgress,
      signal: args.signal,
    }).catch((error: unknown) => {
      throw error instanceof BuildFailure ? buildFailed(error) : error;
    });
    return { found: true, path: cache.keep(folder), version: engineVersion, origin: "build" };
  } finally {
    cache.drop(folder);
  }
}

/** Reason why no release can be downloaded; undefined when one can. */
async function downloadInto(
  folder: string,
  args: InstallEngineArgs,
  onProgress: (text: string) => void,
): Promise<string | undefined> {
  try {
    const reached = await (args.download ?? downloadRelease)(folder, onProgress);
    return reached ? undefined : "get.pulumi.com cannot be reached";
  } catch (error) {
    return `the download failed (${messageOf(error)})`;
  }
}

function buildFailed({ binary, said, offline }: BuildFailure): LorError {
  return new LorError({
    code: "engine-build-failed",
    message: `${binary} could not be built${offline ? ", because its Go modules could not be fetched" : ""}: ${said}`,
    exit: ExitCode.failed,
    culprit: offline ? "cloud" : "tool",
    next: offline
      ? "check the network or GOPROXY, then: lor-infra engine install"
      : "install Pulumi (https://www.pulumi.com/docs/install) instead, or Go 1.26 or newer, then: lor-infra engine install",
  });
}
