import { afterEach, beforeEach, expect, it } from "vitest";
import { switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { up } from "../../src/actions/up/up.ts";
import { describeStep } from "../../src/rolling/model.ts";
import type { ActionEvent } from "../../src/stack/action-event.ts";
import { FakeStack } from "./fake-stack.ts";

let stack: FakeStack;
/** When each preview began, milliseconds. */
let previews: number[];
/** When each step ended. */
let ends: Map<string, number>;
/** Previews that fail, by their position. */
let failing: Set<number>;

beforeEach(async () => {
  stack = new FakeStack();
  await up(stack.context(), { confirm: stack.confirm });
  stack.world.watch();
  stack.events.length = 0;
  stack.engine.runs.length = 0;
  previews = [];
  ends = new Map();
  failing = new Set();
  const preview = stack.engine.preview.bind(stack.engine);
  stack.engine.preview = async (program) => {
    previews.push(now());
    if (failing.has(previews.length)) throw new Error("connection lost");
    return await preview(program);
  };
});
afterEach(() => stack.dispose());

function now(): number {
  return stack.clock.now().getTime();
}

function rush(also: (event: ActionEvent) => void = () => undefined) {
  const emit = (event: ActionEvent) => {
    stack.events.push(event);
    if (event.kind === "step-done") ends.set(describeStep(event.step), now());
    also(event);
  };
  return switchProfile(stack.context({ emit }), { target: "rush", confirm: stack.confirm });
}

function end(step: string): number {
  return ends.get(step) ?? Number.NaN;
}

it("looks at the next step while a new front proves itself in the pool, and tells of it when that step begins", async () => {
  await rush();
  expect(previews).toHaveLength(4);
  expect(previews[1]).toBeLessThan(end("resize-load-balancer"));
  expect(previews[2]).toBeLessThan(end("add-front ps-2"));
  const kinds = stack.events.map((event) =>
    event.kind === "phase" ? event.phase : event.kind === "step-begun" ? "begun" : "",
  );
  const order = kinds.filter((kind) => ["begun", "previewing", "creating", "updating"].includes(kind));
  const step = (phase: string) => ["begun", "previewing", phase];
  expect(order).toEqual([step("updating"), step("creating"), step("updating"), step("updating")].flat());
});

it("asks again what it could not see ahead", async () => {
  failing.add(3);
  await rush();
  expect(previews).toHaveLength(5);
  expect(stack.engine.recorded).toMatchObject({ profile: "rush" });
});

it("fails where it is needed when it cannot be seen at all", async () => {
  failing.add(3).add(4);
  await expect(rush()).rejects.toThrow("connection lost");
  expect(stack.moments).not.toContain("drain ps-0");
});

it("asks again when a repair has come between, which may have changed the state", async () => {
  await rush((event) => {
    if (event.kind === "step-done" && event.step.kind === "add-front") lose("ps-0");
  });
  const { runs } = stack.engine;
  expect(runs.slice(runs.lastIndexOf("refresh") - 1)).toEqual(["preview", "refresh", "preview", "up", "preview", "up"]);
});

/** A server that the cloud has lost track of. */
function lose(front: string): void {
  const server = stack.world.servers.get(`lor-prod-${front}`);
  if (server !== undefined) server.state = "failed";
}

it("stops what it looks at when the step before fails", async () => {
  const stopped = new Promise<boolean>((resolve) => {
    const preview = stack.engine.preview;
    stack.engine.preview = async (program, options) => {
      const result = await preview(program);
      if (previews.length === 3) {
        const signal = options?.signal;
        await new Promise<void>((done) => signal?.addEventListener("abort", () => done()));
        resolve(true);
      }
      return result;
    };
  });
  stack.world.sick.add("ps-2");
  await expect(rush()).rejects.toMatchObject({ code: "gate-failed" });
  expect(await stopped).toBe(true);
});
