import type { ReachableMachine } from "../../systems/contract.ts";

/** A command in the folder of a machine's application, as the application's user; as the administrator on a machine without one. */
export function applicationCommand({ application }: ReachableMachine, command: readonly string[]): readonly string[] {
  if (application === undefined) return command;
  const { user, folder } = application;
  return ["sudo", "-n", "-u", user, "--", "sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", folder, ...command];
}
