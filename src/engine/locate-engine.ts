import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { ExitCode, LorError } from "../core/errors.ts";
import { EngineCache } from "./engine-cache.ts";
import { engineVersion, minimumEngineVersion } from "./engine-recipes.ts";
import type { EngineLocation } from "./port.ts";
import type { Environment } from "./program-cache.ts";

/** A found engine. */
export type FoundEngine = Extract<EngineLocation, { found: true }>;

export interface LocateEngineArgs {
  readonly env: Environment;
}

/** Finds an installed engine: `pulumi` on PATH if new enough, then the project's cache. */
export async function locateEngine({ env }: LocateEngineArgs): Promise<EngineLocation> {
  const onPath = await engineOnPath(env);
  if (onPath?.newEnough === true) {
    return { found: true, path: onPath.path, version: onPath.version, origin: "path" };
  }
  const cached = new EngineCache(env).find();
  if (cached !== undefined) {
    return { found: true, path: cached, version: engineVersion, origin: "cache" };
  }
  return { found: false, reason: engineMissing([pathReason(onPath), "none in the cache"]) };
}

/** The language host that plain `pulumi` needs: in the engine's folder, or on PATH. */
export function locateLanguageHost(engine: { readonly path: string }, env: Environment): string | undefined {
  const beside = join(dirname(engine.path), "pulumi-language-nodejs");
  return existsSync(beside) ? beside : findOnPath("pulumi-language-nodejs", env);
}

/** Instructions for a machine without an engine and without a way to obtain one. */
export function engineMissing(reasons: readonly string[]): LorError {
  return new LorError({
    code: "engine-missing",
    message: `there is no Pulumi engine on this machine: ${reasons.join("; ")}`,
    exit: ExitCode.failed,
    culprit: "user",
    accepted: `pulumi ${minimumEngineVersion} or newer on PATH; or Go 1.26 or newer, from which it is built`,
    next: "install Go (https://go.dev/dl) or Pulumi (https://www.pulumi.com/docs/install), then: lor-infra engine install",
  });
}

/** Path of a program on PATH; undefined when there is none. */
export function findOnPath(name: string, env: Environment): string | undefined {
  return (env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isProgram);
}

export interface EngineOnPath {
  readonly path: string;
  readonly version: string;
  readonly newEnough: boolean;
}

/** The `pulumi` on PATH, of any version. */
export async function engineOnPath(env: Environment): Promise<EngineOnPath | undefined> {
  const path = findOnPath("pulumi", env);
  if (path === undefined) {
    return undefined;
  }
  const version = await versionOf(path, env);
  return { path, version: version ?? "unknown", newEnough: version !== undefined && isNewEnough(version) };
}

/** Reason why the engine on PATH is unsuitable. */
export function pathReason(onPath: EngineOnPath | undefined): string {
  return onPath === undefined
    ? "none on PATH"
    : `pulumi ${onPath.version} on PATH (${onPath.path}) is not ${minimumEngineVersion} or a newer 3.x`;
}

async function versionOf(path: string, env: Environment): Promise<string | undefined> {
  try {
    const environment = { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { stdout } = await promisify(execFile)(path, ["version"], { env: environment, timeout: 10_000 });
    return /^v?(\d+\.\d+\.\d+)/.exec(stdout.trim())?.[1];
  } catch {
    return undefined;
  }
}

/** The same major version, and not below the minimum. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0, leastPatch = 0] = minimumEngineVersion.split(".").map(Number);
  return major === leastMajor && (minor > leastMinor || (minor === leastMinor && patch >= leastPatch));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
