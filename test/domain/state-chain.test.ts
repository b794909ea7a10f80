import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ChainEntry,
  type EntryKind,
  judgeState,
  nextEntry,
  pictureOfState,
  shortened,
  wholePart,
} from "../../src/domain/state-chain.ts";

type Content = Readonly<Record<string, number>>;

/** A state as the engine writes it: each resource with the time of its last change, the whole with the time of the writing. */
function picture(content: Content, at: number) {
  return pictureOfState({
    manifest: { time: `t${at}` },
    resources: [
      { urn: "stack", type: "pulumi:pulumi:Stack", outputs: {} },
      ...Object.entries(content).map(([urn, modified]) => ({ urn, id: urn, modified: `m${modified}` })),
    ],
  });
}

/** Somebody's engine: it changes, creates and deletes what it was told, and notes when. */
function change(content: Content, names: readonly string[], at: number): Content {
  const next: Record<string, number> = { ...content };
  for (const name of names) {
    if (name.startsWith("-")) delete next[name.slice(1)];
    else next[name] = at;
  }
  return next;
}

function add(chain: readonly ChainEntry[], content: Content, at: number, kind: EntryKind = "run") {
  const facts = { at: `t${at}`, kind, run: `run ${at}`, by: "anne on atelier", operation: "up" };
  const entry = nextEntry(chain, picture(content, at), facts);
  return entry === undefined ? chain : [...chain, entry];
}

const names = fc.subarray(["ps-0", "ps-1", "ps-2", "-ps-1", "-ps-2", "lb"], { minLength: 1 });
const steps = fc.array(names, { minLength: 2, maxLength: 12 });

/** The states that runs of ours leave, one after the other, and their chain. */
function runs(changes: readonly (readonly string[])[]) {
  const states: Content[] = [];
  let chain: readonly ChainEntry[] = [];
  for (const [at, changed] of changes.entries()) {
    states.push(change(states.at(-1) ?? {}, changed, at));
    chain = add(chain, states[at] ?? {}, at);
  }
  return { states, chain, end: changes.length };
}

it("does not take a dependency that comes back for a state that does", () => {
  const state = (at: string, dependencies: readonly string[]) =>
    pictureOfState({ manifest: { time: at }, resources: [{ urn: "ps-0", id: "1", modified: "t0", dependencies }] });
  const facts = { at: "", kind: "run", run: "", by: "", operation: "" } as const;
  const first = nextEntry([], state("t1", []), facts);
  const second = first && nextEntry([first], state("t2", ["ps-2"]), facts);
  if (first === undefined || second === undefined) throw new Error("two states are two entries");
  expect(judgeState([first, second], state("t3", [])).kind).toBe("unknown");
});

describe("the chain of states", () => {
  it("knows the state that the last run left, and takes what others add or change for that", () => {
    fc.assert(
      fc.property(steps, names, (changes, others) => {
        const { states, chain, end } = runs(changes);
        const head = states.at(-1) ?? {};
        expect(judgeState(chain, picture(head, end - 1)).kind).toBe("as-left");
        expect(judgeState(chain, picture(change(head, others, end), end)).kind).toBe("unknown");
        expect(judgeState(chain, picture({}, end)).kind, "all deleted by others").toBe("unknown");
      }),
    );
  });

  it("finds every earlier state that comes back as it was", () => {
    fc.assert(
      fc.property(steps, fc.nat(), (changes, pick) => {
        const { states, chain, end } = runs(changes);
        const old = pick % (end - 1);
        expect(judgeState(chain, picture(states[old] ?? {}, old))).toMatchObject({
          kind: "backwards",
          to: { number: old + 1 },
          head: { number: end },
        });
      }),
    );
  });

  it("finds what a writer with an old copy undoes, whatever it did besides", () => {
    fc.assert(
      fc.property(steps, names, fc.nat(), (changes, own, pick) => {
        const { states, chain, end } = runs(changes);
        const base = states[pick % (end - 1)] ?? {};
        const written = change(base, own, end);
        const head = states.at(-1) ?? {};
        // Something is there as it was, and has been changed since: what was only created or deleted leaves nothing to know it by.
        const undone = Object.keys(written).some((name) => written[name] !== end && head[name] !== written[name]);
        expect(judgeState(chain, picture(written, end)).kind).toBe(undone ? "backwards" : "unknown");
      }),
    );
  });

  it("finds what a run has written that had lost its lock, even where nothing is undone", () => {
    fc.assert(
      fc.property(steps, names, (changes, own) => {
        const { states, chain, end } = runs(changes);
        const written = change(states.at(-1) ?? {}, own, end);
        const confessed = add(chain, written, end, "overwrote");
        expect(judgeState(confessed, picture(written, end))).toMatchObject({
          kind: "backwards",
          to: { kind: "overwrote" },
          head: { number: end },
        });
        const restored = add(confessed, states.at(-1) ?? {}, end + 1, "restored");
        expect(judgeState(restored, picture(states.at(-1) ?? {}, end + 1)).kind).toBe("as-left");
      }),
    );
  });

  it("stays whole when it is shortened, and says the same of what it keeps", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 2, max: 6 }), names, (changes, most, others) => {
        const { states, chain, end } = runs(changes);
        const short = shortened(chain, most);
        expect(short).toHaveLength(Math.min(most, chain.length));
        expect(wholePart(short)).toEqual(short);
        const next = change(states.at(-1) ?? {}, others, end);
        expect(add(short, next, end).at(-1)).toEqual(add(chain, next, end).at(-1));
        const kept = Math.max(0, end - most);
        expect(judgeState(short, picture(states[kept] ?? {}, kept)).kind).toBe(
          kept === end - 1 ? "as-left" : "backwards",
        );
      }),
    );
  });

  it("counts from after a link that does not hold: an entry that was changed, taken out or written twice", () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.constantFrom("changed", "removed", "twice"), (changes, pick, how) => {
        const { chain } = runs(changes);
        const at = pick % (chain.length - 1);
        const entry = chain[at] as ChainEntry;
        const put = {
          changed: [{ ...entry, by: "mallory" }],
          removed: [],
          twice: [entry, { ...entry, by: "mallory" }],
        };
        const spoiled = [...chain.slice(0, at), ...put[how], ...chain.slice(at + 1)];
        const whole = wholePart(spoiled);
        expect(whole).toEqual(how === "removed" && at === 0 ? chain.slice(1) : chain.slice(at + 1));
      }),
    );
  });
});
