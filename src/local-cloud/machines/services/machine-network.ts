/** Where a command inside the machines' network takes its program from, and who runs it. */
export interface InsideOptions {
  /** Root folder of the program: the computer's own, or that of the machines' image. Default: the computer's. */
  readonly root?: "computer" | "image" | undefined;
  /** User who runs it; only in the image. Default: root. */
  readonly user?: string | undefined;
}

/** Network of a cloud's machines, as its services need it. */
export interface MachineNetwork {
  /** The command line that runs `command` inside. Files of the services' folder have the same path inside and outside. */
  inside(command: readonly [string, ...string[]], options?: InsideOptions): readonly string[];
  /** Makes the network own an address, so that machines reach what listens there. Repeatable. */
  own(address: string): Promise<void>;
  /** The network does not own that address any more. Repeatable. */
  disown(address: string): Promise<void>;
}
