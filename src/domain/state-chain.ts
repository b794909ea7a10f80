import { fingerprint } from "../core/fingerprint.ts";

/** Record of one state: enough to recognise it, without its values. */
export interface StatePicture {
  /** Fingerprint of the whole state, including the engine's time of writing, so that two states are never equal by chance. */
  readonly state: string;
  /**
   * URN -> fingerprint of the resource. If the engine records the time of its last change, the fingerprint begins with `t` and covers that time
   * only: no later change repeats it, while dependencies may return to an earlier value.
   */
  readonly resources: Readonly<Record<string, string>>;
}

/** Origin of a state. */
export type EntryKind =
  /** Written by an engine run under the lock. */
  | "run"
  /** Found before a run without an entry: written by plain `pulumi`, or by a run that was killed. */
  | "found"
  /** Restored by a person. */
  | "restored"
  /** Written over other changes by a run that had lost its lock. */
  | "overwrote";

/** One link of the chain: the state after an operation. Names, times and fingerprints only: no value, so no secret. */
export interface ChainEntry {
  /** From 1. */
  readonly number: number;
  /** Fingerprint of the previous entry; empty in the first one. */
  readonly previous: string;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: EntryKind;
  /** Id of the lock: one per run of a command. */
  readonly run: string;
  /** User and machine, such as `anne on atelier`. */
  readonly by: string;
  /** The command: `up`, `rush`, … */
  readonly operation: string;
  readonly state: string;
  /** Fingerprints of the resources that changed since the previous entry; null: deleted. */
  readonly changed: Readonly<Record<string, string | null>>;
}

export type EntryFacts = Pick<ChainEntry, "at" | "kind" | "run" | "by" | "operation">;

export type StateVerdict =
  /** Equal to the last entry. */
  | { readonly kind: "as-left" }
  /** Not recorded, but no recorded change is missing. */
  | { readonly kind: "unknown" }
  /** Changes of later entries than this one are missing. */
  | { readonly kind: "backwards"; readonly to: ChainEntry; readonly head: ChainEntry };

interface RawResource {
  readonly urn?: unknown;
  readonly id?: unknown;
  readonly modified?: unknown;
  readonly delete?: unknown;
}

/** Reads a deployment in the engine's form. */
export function pictureOfState(deployment: {
  readonly manifest?: { readonly time?: unknown };
  readonly resources?: readonly unknown[];
  readonly pending_operations?: unknown;
}): StatePicture {
  const resources: Record<string, string> = {};
  for (const resource of deployment.resources ?? []) {
    const { urn, id, modified, delete: dying } = resource as RawResource;
    const name = `${String(urn)}${dying === true ? " (to be deleted)" : ""}`;
    const dated = typeof modified === "string";
    resources[name] = `${dated ? "t" : "-"}${fingerprint(dated ? { id, modified } : resource).slice(0, 16)}`;
  }
  const { manifest, pending_operations: pending } = deployment;
  return { state: fingerprint({ at: manifest?.time, resources: deployment.resources, pending }), resources };
}

/** The next entry; undefined when the last one is of the same state. */
export function nextEntry(
  chain: readonly ChainEntry[],
  picture: StatePicture,
  facts: EntryFacts,
): ChainEntry | undefined {
  const last = chain.at(-1);
  if (last !== undefined && last.state === picture.state && last.kind !== "overwrote") {
    return undefined;
  }
  return {
    number: (last?.number ?? 0) + 1,
    previous: last === undefined ? "" : linkOf(last),
    ...facts,
    state: picture.state,
    changed: differences(resourcesAt(chain, chain.length), picture.resources),
  };
}

/** Compares a state with the entries. */
export function judgeState(chain: readonly ChainEntry[], { state, resources }: StatePicture): StateVerdict {
  const headIndex = chain.findLastIndex((entry) => entry.kind !== "overwrote");
  const head = chain[headIndex];
  if (head === undefined) {
    return { kind: "unknown" };
  }
  if (head.state === state) {
    return { kind: "as-left" };
  }
  const same = chain.findLast((entry) => entry.state === state);
  if (same !== undefined) {
    return { kind: "backwards", to: same, head };
  }
  const undone = undoneSince(chain, headIndex, resources);
  return undone === undefined ? { kind: "unknown" } : { kind: "backwards", to: undone, head };
}

/** The newest entry with a resource that is unchanged although a later entry changed it: only a writer with an old copy causes that. */
function undoneSince(
  chain: readonly ChainEntry[],
  headIndex: number,
  resources: StatePicture["resources"],
): ChainEntry | undefined {
  const now = resourcesAt(chain, headIndex + 1);
  const other = Object.entries(resources).filter(([urn, print]) => print.startsWith("t") && now[urn] !== print);
  if (other.length === 0) {
    return undefined;
  }
  const states = history(chain.slice(0, headIndex));
  const index = states.findLastIndex((past) => other.some(([urn, print]) => past[urn] === print));
  return chain[index];
}

/** The end of a chain in which all links are valid. */
export function wholePart(chain: readonly ChainEntry[]): readonly ChainEntry[] {
  const broken = chain.findLastIndex((entry, index) => {
    const before = chain[index - 1];
    return before !== undefined && (entry.previous !== linkOf(before) || entry.number !== before.number + 1);
  });
  return broken === -1 ? chain : chain.slice(broken);
}

/** The newest entries; the first of them takes over the resources of the omitted ones. */
export function shortened(chain: readonly ChainEntry[], most: number): readonly ChainEntry[] {
  const [first, ...rest] = chain.slice(-most);
  if (first === undefined || chain.length <= most) {
    return chain;
  }
  return [{ ...first, changed: resourcesAt(chain, chain.length - rest.length) }, ...rest];
}

/** Without the resources, which `state` covers, so that a chain can be shortened. */
function linkOf({ changed: _, ...entry }: ChainEntry): string {
  return fingerprint(entry);
}

/** Resources of the last state that was written under the lock: URN -> fingerprint. */
export function resourcesOf(chain: readonly ChainEntry[]): Readonly<Record<string, string>> {
  return resourcesAt(chain, chain.findLastIndex((entry) => entry.kind !== "overwrote") + 1);
}

function resourcesAt(chain: readonly ChainEntry[], length: number): Readonly<Record<string, string>> {
  return history(chain.slice(0, length)).at(-1) ?? {};
}

/** The resources after each entry. */
function history(chain: readonly ChainEntry[]): readonly Readonly<Record<string, string>>[] {
  const now = new Map<string, string>();
  return chain.map(({ changed }) => {
    for (const [urn, print] of Object.entries(changed)) {
      if (print === null) now.delete(urn);
      else now.set(urn, print);
    }
    return Object.fromEntries(now);
  });
}

function differences(before: StatePicture["resources"], after: StatePicture["resources"]): ChainEntry["changed"] {
  const changed: Record<string, string | null> = {};
  for (const [urn, print] of Object.entries(after)) {
    if (before[urn] !== print) changed[urn] = print;
  }
  for (const urn of Object.keys(before)) {
    if (!Object.hasOwn(after, urn)) changed[urn] = null;
  }
  return changed;
}
