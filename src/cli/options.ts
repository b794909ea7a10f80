import type { Temporal } from "temporal-polyfill";
import type { SwitchTimings } from "../stack/stack-context.ts";

/** Options of all commands. */
export interface CommonOptions {
  readonly json: boolean;
  /** Of commands with more than two output formats. */
  readonly format?: "text" | "markdown" | "json";
}

/** Options of the commands that read settings. */
export interface SettingsOptions extends CommonOptions {
  /** Folder with Pulumi.yaml and the two profile files. */
  readonly settings: string;
  readonly stack: string;
}

/** Options of commands that use a cloud. */
export interface CloudOptions extends SettingsOptions {
  /** `local`, or the id of the system's cloud. */
  readonly cloud: string;
  /** Waits and limits of a switch, for programs that run the commands; the command line has no such option. */
  readonly timings?: SwitchTimings;
}

/** Options of commands that change something. */
export interface ChangeOptions extends CloudOptions {
  readonly yes: boolean;
  readonly parallel?: number;
  readonly takeOver: boolean;
  /** Private key to log in with to a machine that is not healthy. Default: the one of the settings. */
  readonly identity?: string;
  /** Allow changes during a change freeze. */
  readonly inFreeze?: boolean;
}

/** Options of `rush` and `normal`. */
export interface SwitchOptions extends ChangeOptions {
  /** File of a saved plan. */
  readonly plan?: string;
  readonly onFailure?: "stop" | "revert";
  /** Event of the settings that the rush is for. */
  readonly event?: string;
  /** Accept a rush before its window, or a scale-down before its end. */
  readonly early?: boolean;
  /** Accept more visitors than normal can serve. */
  readonly busy?: boolean;
  /** Accept a rush after its change freeze has begun. */
  readonly late?: boolean;
  /** Moment to evaluate the calendar at. Default: now. */
  readonly moment?: Temporal.Instant;
}
