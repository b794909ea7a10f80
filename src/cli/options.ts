import type { Temporal } from "temporal-polyfill";
import type { SwitchTimings } from "../stack/stack-context.ts";

/** Options that every command understands. */
export interface CommonOptions {
  readonly json: boolean;
  /** Of the commands that have more forms than two. */
  readonly format?: "text" | "markdown" | "json";
}

/** Options of the commands that read settings. */
export interface SettingsOptions extends CommonOptions {
  /** Folder with Pulumi.yaml and the two profile files. */
  readonly settings: string;
  readonly stack: string;
}

/** Options of the commands that meet a cloud. */
export interface CloudOptions extends SettingsOptions {
  /** `local`, or the id of the system's cloud. */
  readonly cloud: string;
  /** How long the switch waits for what. For a program that runs the commands; there is no such option on the command line. */
  readonly timings?: SwitchTimings;
}

/** Options of the commands that change something. */
export interface ChangeOptions extends CloudOptions {
  readonly yes: boolean;
  readonly parallel?: number;
  readonly takeOver: boolean;
  /** Also while the calendar says that nothing is to be changed. */
  readonly inFreeze?: boolean;
}

/** Options of `rush` and `normal`. */
export interface SwitchOptions extends ChangeOptions {
  /** File of a saved plan. */
  readonly plan?: string;
  readonly onFailure?: "stop" | "revert";
  /** Event of the settings that the rush is for. */
  readonly event?: string;
  /** Before its time: a rush before its window, a way back before its end. */
  readonly early?: boolean;
  /** A way back while more visitors are there than normal can carry. */
  readonly busy?: boolean;
  /** A rush after its change freeze has begun. */
  readonly late?: boolean;
  /** The moment that the calendar is asked about. Default: now. */
  readonly moment?: Temporal.Instant;
}
