/** A machine or container, since its last boot. */
export interface MachineIdentity {
  readonly host: string;
  /** Id of its installation: /etc/machine-id. Absent where the file does not exist, and in locks of earlier versions. */
  readonly id?: string;
  /** Changes at every boot. */
  readonly boot: string;
  /** PID namespace: process numbers are comparable only within the same one. */
  readonly processes: string;
}

/** Processes of the machine, by their number in this PID namespace. */
export interface ProcessTable {
  /** Fields of /proc/PID/stat from the third on; undefined when there is no such process, or it is hidden. */
  statOf(pid: number): readonly string[] | undefined;
  /** Whether the number can be signalled, or belongs to another user. */
  isTaken(pid: number): boolean;
  /** Numbers of this user's other processes whose environment holds `NAME=value`. */
  withVariable(name: string, value: string): readonly number[];
  /** @throws Error when there is no such process any more */
  signal(pid: number, name: NodeJS.Signals): void;
}
