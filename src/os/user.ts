import { userInfo } from "node:os";

/** Login name of this user, or `uid-12345` where the machine has no name for it: a container that runs as any user. */
export function thisUser(): string {
  return entryOfUser()?.username ?? `uid-${process.getuid?.()}`;
}

/** This user's home folder, whatever HOME says; undefined when the machine has no entry for the user. */
export function homeOfUser(): string | undefined {
  return entryOfUser()?.homedir;
}

/**
 * Sets USER and HOME where a job's or a container's environment lacks them: the engine, its plugins and libraries fail without. A user that the
 * machine does not know gets the folder of XDG_CACHE_HOME as home, if there is one.
 */
export function completeUser(env: Record<string, string | undefined>): void {
  env.USER ||= thisUser();
  const home = env.HOME || homeOfUser() || env.XDG_CACHE_HOME;
  if (home) env.HOME = home;
}

function entryOfUser() {
  try {
    return userInfo();
  } catch {
    return undefined;
  }
}
