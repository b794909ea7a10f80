import { type ChildProcess, spawn } from "node:child_process";

/**
 * Reads folders, one a line, until its input ends, and that ends with the process that holds it, however that one ends. Then it ends every process that
 * works in one of them, such as a cloud that a test has left or that a killed command has started late, and removes them.
 */
const script = `folders=
while IFS= read -r folder; do folders="$folders$folder
"; done
inside() {
  for process in /proc/[0-9]*; do
    place=$(readlink "$process/cwd") || continue
    printf '%s' "$folders" | while IFS= read -r folder; do
      case "$place" in "$folder" | "$folder/"* | "$folder (deleted)") echo "\${process#/proc/}" ;; esac
    done
  done
}
while numbers=$(inside); [ -n "$numbers" ]; do kill -9 $numbers; done
printf '%s' "$folders" | while IFS= read -r folder; do rm -rf "$folder"; done`;

let watcher: ChildProcess | undefined;

/** What runs in a folder ends with this process at the latest. */
export function endWithWorker(folder: string): void {
  watcher ??= startWatcher();
  watcher.stdin?.write(`${folder}\n`);
}

function startWatcher(): ChildProcess {
  const child = spawn("sh", ["-c", script], { detached: true, cwd: "/", stdio: ["pipe", "ignore", "ignore"] });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}
