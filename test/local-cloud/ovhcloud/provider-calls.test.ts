import { readdirSync, readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { acceptanceTests } from "../../ovh-provider/acceptance-list.ts";
import { type RecordedCall, recorded, recordingsFolder, withoutSecrets } from "../../ovh-provider/record.ts";
import { nameOf } from "../../ovh-provider/run-test.ts";
import { openTestCloud, type TestCloud } from "../../ovh-provider/test-cloud.ts";

/** Calls that the real provider made in its acceptance tests, and what they were answered: see docs/ovhcloud-api.md. */
const recordings = readdirSync(recordingsFolder).map((file) => ({
  name: file.replace(/\.jsonl$/, ""),
  calls: readFileSync(new URL(file, recordingsFolder), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedCall),
}));

/** What is derived from an id, or is one: another cloud gives another one. */
const derived = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,}|\d{6,}/g;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** Recorded ids and those of the cloud that the calls are made on now, one for one. */
class Ids {
  readonly #now = new Map<string, string>();
  readonly #before = new Map<string, string>();

  /** A recorded text with the ids of now; unknown ones stay. */
  translate(text: string): string {
    return text.replace(derived, (id) => this.#now.get(id) ?? id);
  }

  /** Whether two texts say the same, learning ids that are met for the first time. */
  same(before: string, now: string): boolean {
    if (time.test(before) && time.test(now)) return true;
    const [old, present] = [before.match(derived) ?? [], now.match(derived) ?? []];
    if (before.replace(derived, "#") !== now.replace(derived, "#")) return false;
    return old.every((id, index) => this.#pair(id, present[index] ?? ""));
  }

  #pair(before: string, now: string): boolean {
    const known = this.#now.get(before) ?? now;
    const owner = this.#before.get(now) ?? before;
    if (known !== now || owner !== before) return false;
    this.#now.set(before, now);
    this.#before.set(now, before);
    return true;
  }
}

/** Places where an answer is not what was recorded. */
function differences(before: unknown, now: unknown, ids: Ids, path = ""): readonly string[] {
  if (typeof before === "string" || typeof before === "number") {
    return typeof now === typeof before && ids.same(String(before), String(now))
      ? []
      : [`${path}: ${JSON.stringify(before)}, now ${JSON.stringify(now)}`];
  }
  if (typeof before !== "object" || before === null || typeof now !== "object" || now === null) {
    return before === now ? [] : [`${path}: ${JSON.stringify(before)}, now ${JSON.stringify(now)}`];
  }
  const [old, present] = [before as Record<string, unknown>, now as Record<string, unknown>];
  return [...new Set([...Object.keys(old), ...Object.keys(present)])].flatMap((name) =>
    differences(old[name], present[name], ids, `${path}.${name}`),
  );
}

/** Makes the calls, each as long after the one before it as it was made, and compares the answers. */
async function replay(
  calls: readonly RecordedCall[],
  test: TestCloud,
  killedAfter: (call: RecordedCall) => boolean = () => false,
): Promise<readonly string[]> {
  const { token } = test;
  let { cloud, endpoint } = test;
  const ids = new Ids();
  const found: string[] = [];
  for (const call of calls) {
    pass(cloud, call.after);
    const path = ids.translate(call.path);
    let open = true;
    const asked = fetch(`${endpoint}${path}`, {
      method: call.method,
      headers: { authorization: `Bearer ${token}` },
      ...(call.body === undefined ? {} : { body: ids.translate(JSON.stringify(call.body)) }),
    }).finally(() => {
      open = false;
    });
    // This one is answered when it is done: time has to pass meanwhile.
    if (call.method === "DELETE" && path.includes("/loadbalancing/")) {
      while (open) {
        pass(cloud, 50);
        await turn();
      }
    }
    const response = await asked;
    const text = await response.text();
    const answer = withoutSecrets(text === "" ? null : JSON.parse(text));
    const seen = { status: response.status, answer };
    found.push(...differences({ status: call.status, answer: call.answer }, seen, ids, `${call.method} ${call.path}`));
    if (killedAfter(call)) ({ cloud, endpoint } = await test.restarted());
  }
  return found;
}

/** Lets time pass, in milliseconds, from one deadline to the next: what begins at one ends as long after it as with a clock that runs. */
function pass(cloud: TestCloud["cloud"], milliseconds: number): void {
  const end = cloud.clock.now() + milliseconds;
  for (let now = cloud.clock.now(); now < end; now = cloud.clock.now()) {
    cloud.clock.step((Math.min(Math.max(cloud.store.nextDue() ?? end, now), end) - now) / 1000);
    cloud.advance();
  }
}

async function openFor(name: string): Promise<TestCloud> {
  const test = acceptanceTests.find((one) => nameOf(one).replace(" ", "-") === name);
  const cloud = await openTestCloud({ ...test, clock: "stepped" });
  onTestFinished(() => cloud[Symbol.asyncDispose]());
  return cloud;
}

describe("the calls of the real provider are answered as they were in", () => {
  it.each(recordings)("$name", async ({ name, calls }) => {
    expect(await replay(calls, await openFor(name))).toEqual([]);
  });
});

describe("a cloud that is killed and started again after each change goes on as if nothing were, in", () => {
  it.each(recordings)("$name", async ({ name, calls }) => {
    expect(await replay(calls, await openFor(name), ({ method }) => method !== "GET")).toEqual([]);
  });
});

it("has a recording of each test that is to be replayed", () => {
  expect(recordings.map(({ name }) => name).toSorted()).toEqual(
    [...recorded].map((name) => name.replace(" ", "-")).toSorted(),
  );
});

describe("a difference is found in", () => {
  const [{ name, calls } = { name: "", calls: [] }] = recordings.filter(({ name: one }) => one.includes("Vrack"));
  const changed = (change: (call: RecordedCall) => RecordedCall) =>
    calls.map((call) => (call.method === "POST" ? change(call) : call));

  it.each([
    ["the status", changed((call) => ({ ...call, status: 201 })), ".status: 201, now 200"],
    [
      "a value",
      changed((call) => ({ ...call, answer: { ...(call.answer as object), status: "todo" } })),
      '.answer.status: "todo", now "doing"',
    ],
    [
      "a field that is not there any more",
      changed((call) => ({ ...call, answer: { ...(call.answer as object), more: true } })),
      ".answer.more: true, now undefined",
    ],
    ["what a call asks for", changed((call) => ({ ...call, body: { project: "other" } })), ".status: 200, now 404"],
  ])("%s", async (_, altered, difference) => {
    expect((await replay(altered, await openFor(name)))[0]).toContain(difference);
  });
});
