/** Network namespace of a cloud's machines, as its services need it. */
export interface MachineNetwork {
  /** The command line that runs `command` inside the namespace. */
  enter(command: readonly string[]): readonly string[];
  /** Makes the namespace own an address, so that machines reach what listens there. Repeatable. */
  own(address: string): Promise<void>;
  /** The namespace does not own that address any more. Repeatable. */
  disown(address: string): Promise<void>;
}
