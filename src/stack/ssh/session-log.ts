import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { appendLine, readIfThere } from "../../os/atomic-file.ts";
import { parseJsonLines } from "../../state/json-lines.ts";

/** One connection to a machine from here. */
interface Session {
  /** ISO 8601. */
  readonly at: string;
  /** Administrators whose keys were offered, or the user of this machine. */
  readonly who: string;
  readonly machine: string;
  /** Undefined: a login. */
  readonly command: string | undefined;
}

/** Connections that were opened from this machine; the machines keep their own records. */
export class SessionLog {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  append(session: Session): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    appendLine(this.#file(), JSON.stringify(session));
  }

  read(): readonly Session[] {
    return parseJsonLines(readIfThere(this.#file()) ?? "");
  }

  #file(): string {
    return join(this.#folder, "sessions.jsonl");
  }
}
