import type { ReachableMachine } from "../../systems/contract.ts";

/** Exit code of a command that had no release to run in: EX_TEMPFAIL of sysexits(3). */
const withoutRelease = 75;

/**
 * A command in the folder of a machine's application, as the application's user; as the administrator on a machine without one. Before a release is in
 * place neither the folder nor the user may exist: the command then says so, and ends with 75. A shell waits for it, because OpenSSH's client ends with
 * 255, as for a lost connection, where the remote process is ended by a signal; the shell ends with 128 and the signal's number.
 */
export function applicationCommand(
  { name, application }: ReachableMachine,
  command: readonly string[],
): readonly string[] {
  if (application === undefined) return ["sh", "-c", '"$@"; exit $?', "sh", ...command];
  const { user, folder } = application;
  return ["sh", "-c", asUser, "sh", user, folder, refusal(name, folder), ...command];
}

/** Arguments: user, folder, the words of the refusal, and the command. */
const asUser = `user=$1
id "$user" >/dev/null 2>&1 || { echo "$3" >&2; exit ${withoutRelease}; }
shift
sudo -n -u "$user" -- sh -c 'cd "$1" 2>/dev/null || { echo "$2" >&2; exit ${withoutRelease}; }
shift 2
exec "$@"' sh "$@"
exit $?`;

function refusal(machine: string, folder: string): string {
  return `lor-infra: no release is in place on ${machine} (${folder}), so nothing can run in it. Next: lor-infra app status`;
}
