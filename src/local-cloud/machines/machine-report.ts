/** State of one machine, for display. */
export interface MachineReport {
  readonly server: string;
  readonly running: boolean;
  /** Time of its last power-on, ISO 8601; undefined while it is off. */
  readonly since: string | undefined;
  /** Why it is not as its server, or does not serve; undefined: it serves. */
  readonly problem: string | undefined;
  /** Memory of its processes, in MiB; undefined while it is off. */
  readonly memoryMebibytes: number | undefined;
  readonly consoleFile: string;
}
