import { host } from "./host.ts";
import { realUser } from "./real-machine.ts";

/** Login name of this user, or `uid-12345` when the machine has no entry for it, as in a container that runs as any user. */
export function thisUser(): string {
  return host().user;
}

/** Home folder of this user, independent of HOME; undefined when the machine has no entry for the user. */
export function homeOfUser(): string | undefined {
  return realUser()?.homedir;
}

/**
 * Sets USER and HOME when the environment of a job or a container lacks them, because the engine, its plugins and libraries need them. The home of
 * an unknown user is XDG_CACHE_HOME, if it is set.
 */
export function completeUser(env: Record<string, string | undefined>): void {
  env.USER ||= thisUser();
  const home = env.HOME || homeOfUser() || env.XDG_CACHE_HOME;
  if (home) env.HOME = home;
}
