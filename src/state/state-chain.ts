import {
  type ChainEntry,
  type EntryFacts,
  nextEntry,
  pictureOfState,
  type StatePicture,
  shortened,
  wholePart,
} from "../domain/state-chain.ts";
import { readJsonLines } from "./json-lines.ts";
import type { SharedFiles } from "./shared-files.ts";
import type { StateForm } from "./state-file.ts";

const file = "chain.jsonl";
/** Length to which a chain of twice as many entries is shortened. */
const entriesKept = 150;
/** Number of restorable copies that are kept. */
const statesKept = 30;

/** A state as stored in the backend. */
export interface SeenState {
  /** The engine's own file. */
  readonly text: string;
  readonly picture: StatePicture;
  readonly empty: boolean;
}

/** The history of a stack's states, with copies of the last ones. */
export class StateChain {
  readonly #files: SharedFiles;

  constructor(files: SharedFiles) {
    this.#files = files;
  }

  /** Oldest first; entries before a broken link are omitted. */
  async entries(): Promise<readonly ChainEntry[]> {
    return wholePart(await this.#lines());
  }

  /** Records a state, its copy first, unless the last entry is of the same state. @returns the entry */
  async add({ text, picture }: SeenState, facts: EntryFacts): Promise<ChainEntry | undefined> {
    const lines = await this.#lines();
    const entry = nextEntry(wholePart(lines), picture, facts);
    if (entry === undefined) {
      return undefined;
    }
    await this.#files.write(stateFile(entry.number), text);
    await this.#files.append(file, JSON.stringify(entry));
    await this.#files.remove(stateFile(entry.number - statesKept));
    if (lines.length >= 2 * entriesKept) {
      const kept = shortened([...wholePart(lines), entry], entriesKept);
      await this.#files.write(file, kept.map((one) => `${JSON.stringify(one)}\n`).join(""));
    }
    return entry;
  }

  /** The engine's file at an entry; undefined when its copy is not kept any more. */
  async stateAt(number: number): Promise<string | undefined> {
    return await this.#files.read(stateFile(number));
  }

  /** Numbers of the entries with a copy. */
  async kept(): Promise<ReadonlySet<number>> {
    const names = await this.#files.list("states");
    return new Set(names.flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number));
  }

  async #lines(): Promise<readonly ChainEntry[]> {
    return await readJsonLines(this.#files, file);
  }
}

/** A state as stored in the backend. */
export function seenState({ text, form }: { readonly text: string; readonly form: StateForm }): SeenState {
  const picture = pictureOfState(form.deployment);
  return { text, picture, empty: Object.keys(picture.resources).length === 0 };
}

function stateFile(number: number): string {
  return `states/${number}.json`;
}
