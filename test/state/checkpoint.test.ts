import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requireProjectLayout } from "../../src/state/backend-attributes.ts";
import { backUpState } from "../../src/state/backup.ts";
import { stackFolder } from "../../src/state/stack-folder.ts";
import { type StackState, stateInFolder } from "../../src/state/stack-state.ts";
import { seenState } from "../../src/state/state-chain.ts";
import { readableCopies, readCopy, requireReadable } from "../../src/state/state-copies.ts";
import { exportOf, readCheckpoint } from "../../src/state/state-file.ts";

let home: string;
let state: StackState;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lor-checkpoint-"));
  state = stateInFolder(stackFolder(home, "local", "prod"), "lor");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const file = ".pulumi/stacks/lor/prod.json";
const urn = (name: string) => `urn:pulumi:prod::lor::t:i:T::${name}`;

function checkpoint(resources: readonly object[], time = "2026-11-25T10:00:00Z"): string {
  return JSON.stringify({ version: 3, checkpoint: { latest: { manifest: { time }, resources } } });
}

const whole = checkpoint([{ urn: urn("a") }]);

async function record(text: string, at: string): Promise<void> {
  const form = exportOf(text);
  if (form === undefined) throw new Error("a state that cannot be read is not recorded");
  await state.chain.add(seenState({ text, form }), { at, kind: "run", run: "r", by: "anne", operation: "up" });
}

describe("the engine's file of a stack", () => {
  it.each([
    ["as a run left it", whole],
    ["of a stack that never had a resource", '{"version":3,"checkpoint":{"stack":"organization/lor/prod"}}'],
    ["of version 4", '{"version":4,"features":["views"],"checkpoint":{"latest":{"resources":[]}}}'],
  ])("is readable: %s", async (_, text) => {
    await state.backend.write(file, text);
    expect(await readCheckpoint(state)).toMatchObject({ kind: "readable", text });
  });

  it.each([
    ["empty", "", "is empty"],
    ["zeros of a power cut", "\0\0\0\0", "is not JSON"],
    ["cut off in an object", whole.slice(0, -3), "is cut off"],
    ["cut off in a text", whole.slice(0, whole.indexOf("::lor")), "is cut off"],
    ["no JSON", "<html></html>", "is not JSON"],
    ["JSON that the engine takes for an empty state", "{}", "not a state of Pulumi"],
    ["a list", "[]", "not a state of Pulumi"],
    ["null", "null", "not a state of Pulumi"],
    ["a newer version", whole.replace('"version":3', '"version":5'), "a newer Pulumi"],
    ["an older version", whole.replace('"version":3', '"version":2'), "has version 2"],
    ["resources without a name", checkpoint([{}]), "without a URN"],
    [
      "a child without its parent",
      checkpoint([{ urn: urn("a"), parent: urn("b") }]),
      "refers in a (t:i:T) to b (t:i:T)",
    ],
    ["what depends on nothing", checkpoint([{ urn: urn("a"), dependencies: [urn("b")] }]), "refers in a"],
    ["of another provider", checkpoint([{ urn: urn("a"), provider: `${urn("p")}::1` }]), "refers in a"],
  ])("is unreadable, with the reason: %s", async (_, text, problem) => {
    await state.backend.write(file, text);
    expect(await readCheckpoint(state)).toMatchObject({
      kind: "unreadable",
      text,
      where: state.backend.where(file),
      problem: expect.stringContaining(problem),
    });
    await expect(requireReadable(state)).rejects.toMatchObject({ code: "state-unreadable", exit: 3 });
  });

  it("is unreadable when it is no file", async () => {
    mkdirSync(state.backend.where(file), { recursive: true });
    expect(await readCheckpoint(state)).toMatchObject({ kind: "unreadable", problem: "cannot be read (EISDIR)" });
  });

  it.each([
    ["gzip", "stacks/lor/prod.json.gz", gzipSync(whole)],
    ["zstd", "stacks/lor/prod.json.zst", zstdCompressSync(whole)],
    ["the layout without projects", "stacks/prod.json", Buffer.from(whole)],
  ])("in another form (%s) is named with the command that converts it", async (_, name, content) => {
    const path = state.backend.where(`.pulumi/${name}`);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
    await expect(requireReadable(state)).rejects.toMatchObject({
      message: expect.stringContaining("PULUMI_DIY_BACKEND_"),
      seen: path,
      next: expect.stringContaining(`lor-infra state restore ${name}`),
    });
    expect(await readCopy(state, name)).toBe(whole);
  });

  it("that is missing is none only when nothing says that there was one", async () => {
    expect(await readCheckpoint(state)).toEqual({ kind: "none" });
    await record(whole, "2026-11-25T10:00:00Z");
    expect(await readCheckpoint(state)).toMatchObject({
      kind: "unreadable",
      problem: expect.stringContaining("missing"),
    });
    await record(checkpoint([]), "2026-11-25T11:00:00Z");
    expect(await readCheckpoint(state), "after a destroy").toEqual({ kind: "none" });
    await state.backend.write(`${file}.bak`, whole);
    expect(await readCheckpoint(state), "the engine died between two files").toMatchObject({ kind: "unreadable" });
  });
});

describe("the copies of an unreadable state", () => {
  it("are named newest first, without those that cannot be read", async () => {
    await state.backend.write(file, "");
    await record(checkpoint([{ urn: urn("a") }], "2026-11-25T10:00:00Z"), "2026-11-25T10:00:00Z");
    await record(checkpoint([{ urn: urn("b") }], "2026-11-25T12:00:00Z"), "2026-11-25T12:00:00Z");
    await state.files.write("states/1.json", "cut off");
    await backUpState(state, exportOf(checkpoint([], "2026-11-25T11:00:00Z")), "by-hand", new Date(0));
    await state.backend.write(`${file}.bak`, checkpoint([], "2026-11-25T13:00:00Z"));
    await state.backend.write(".pulumi/history/lor/prod/prod-1.checkpoint.json", "{");
    expect((await readableCopies(state)).map(({ name }) => name)).toEqual([
      "stacks/lor/prod.json.bak",
      "2",
      "1970-01-01T00-00-00-000Z-by-hand.json",
    ]);
    await expect(requireReadable(state)).rejects.toMatchObject({
      accepted: expect.stringMatching(/stacks\/lor\/prod.json.bak .*, 2 \(2026-11-25T12:00:00Z, 1 resources\)/),
      next: "lor-infra state restore stacks/lor/prod.json.bak, then lor-infra recover",
    });
  });

  it("are not needed to go on: an empty state can always be restored", async () => {
    await state.backend.write(file, "{");
    await expect(requireReadable(state)).rejects.toMatchObject({
      next: "lor-infra state restore empty, then lor-infra recover",
    });
  });
});

it.each([undefined, "", "\0\0"])(
  "a backend whose layout is not written down (%j) keeps its files by project",
  async (text) => {
    if (text !== undefined) await state.backend.write(".pulumi/meta.yaml", text);
    await requireProjectLayout(state.backend);
    expect(await state.backend.read(".pulumi/meta.yaml")).toBe("version: 1\n");
  },
);

it.each(["", "{", "null", '{"version":2}', '{"version":1}'])(
  "intents that cannot be read (%j) are not none",
  async (text) => {
    await state.files.write("intents.json", text);
    await expect(state.intents.pending()).rejects.toMatchObject({
      code: "intents-unreadable",
      next: expect.stringContaining("lor-infra import"),
    });
  },
);
