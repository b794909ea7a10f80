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
  readonly cloud: "local" | "ovh";
}

/** Options of the commands that change something. */
export interface ChangeOptions extends CloudOptions {
  readonly yes: boolean;
  readonly parallel?: number;
  readonly takeOver: boolean;
}
