import { isAbsolute, join } from "node:path";
import { ExitCode, LorError } from "../core/errors.ts";
import { homeOfUser, thisUser } from "./user.ts";

/** Environment of the caller, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Folder of the user's caches: XDG_CACHE_HOME, or `~/.cache`. @throws LorError `home-missing` */
export function cacheHome(env: Environment): string {
  const chosen = env.XDG_CACHE_HOME;
  // The specification ignores relative paths.
  if (chosen !== undefined && isAbsolute(chosen)) return chosen;
  const home = env.HOME || homeOfUser();
  if (home) return join(home, ".cache");
  throw new LorError({
    code: "home-missing",
    message: "this user has no home folder, so there is no place for the engine",
    exit: ExitCode.usage,
    culprit: "user",
    path: "XDG_CACHE_HOME",
    seen: `user ${thisUser()}, HOME not set`,
    accepted: "the absolute path of a folder that this user may write",
    next: "export XDG_CACHE_HOME=FOLDER, then the same command again",
  });
}
