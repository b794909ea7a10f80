import type { Commands } from "./commands.ts";
import type { Daemons } from "./daemons.ts";
import type { Place } from "./place.ts";

/** What a service is given to work with. */
export interface Lab {
  readonly place: Place;
  readonly daemons: Daemons;
  readonly commands: Commands;
}

/** One entry of Keystone's catalogue. */
interface CatalogueEntry {
  readonly type: string;
  readonly name: string;
  readonly url: string;
}

/** One OpenStack service: its packages, its configuration, its daemons. */
export interface Service {
  readonly name: string;
  /** Debian packages. */
  readonly packages: readonly string[];
  readonly databases: readonly string[];
  readonly catalogue: readonly CatalogueEntry[];
  /** Answers HTTP when the service is up, with whatever status. */
  readonly answersAt?: string;
  /** Writes its configuration. */
  configure(place: Place): void;
  /** Makes its tables; once in the life of a folder. */
  initialise?(lab: Lab): Promise<void>;
  start(lab: Lab): Promise<void> | void;
}
