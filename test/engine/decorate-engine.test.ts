import { expect, it } from "vitest";
import { decorateEngine } from "../../src/engine/decorate-engine.ts";
import type { EngineStack } from "../../src/engine/port.ts";
import { lazyEngine } from "../../src/stack/lazy-engine.ts";

/** An engine whose state has been imported; its methods need their `this`. */
class Recorder {
  readonly imported: unknown[] = [];

  async importState(raw: unknown) {
    this.imported.push(raw);
  }

  async exportState() {
    return { resources: [], pendingOperations: [], raw: this.imported };
  }

  /** Not in the port. */
  async added(value: number) {
    return value;
  }
}

function recorder() {
  const engine = new Recorder();
  return { engine, port: engine as unknown as EngineStack };
}

it("passes each call through, with its arguments, result and name", async () => {
  const { engine, port } = recorder();
  const seen: string[] = [];
  const decorated = decorateEngine({
    engine: () => port,
    around: async (run, method) => {
      seen.push(`before ${method}`);
      const result = await run();
      seen.push(`after ${method}`);
      return result;
    },
  });
  await decorated.importState("state");
  expect(engine.imported).toEqual(["state"]);
  expect((await decorated.exportState()).raw).toEqual(["state"]);
  expect(seen).toEqual(["before importState", "after importState", "before exportState", "after exportState"]);
});

it("forwards a method that the port gains", async () => {
  const { port } = recorder();
  const decorated = decorateEngine({ engine: () => port }) as EngineStack & Pick<Recorder, "added">;
  expect(await decorated.added(3)).toBe(3);
});

it("is not taken for a promise, and can be written as JSON", async () => {
  const decorated = decorateEngine({ engine: () => Promise.reject(new Error("opened")) });
  expect(await decorated).toBe(decorated);
  expect(JSON.stringify({ engine: decorated })).toBe('{"engine":{}}');
});

it("fails as the engine fails", async () => {
  const decorated = decorateEngine({ engine: () => Promise.reject(new Error("no engine")) });
  await expect(decorated.outputs()).rejects.toThrow("no engine");
});

it("is opened once, at the first call", async () => {
  const { engine, port } = recorder();
  let opened = 0;
  const lazy = lazyEngine(
    async () => {
      opened += 1;
      return port;
    },
    async () => true,
  );
  expect(opened).toBe(0);
  await Promise.all([lazy.importState(1), lazy.importState(2)]);
  expect(engine.imported).toEqual([1, 2]);
  expect(opened).toBe(1);
});

it("is not opened for the state of a new stack", async () => {
  const open = () => Promise.reject(new Error("opened"));
  const isNew = lazyEngine(open, async () => true);
  expect((await isNew.exportState()).resources).toEqual([]);
  const isOld = lazyEngine(open, async () => false);
  await expect(isOld.exportState()).rejects.toThrow("opened");
});

it("exports what it has changed, once it is open", async () => {
  const { port } = recorder();
  const lazy = lazyEngine(
    async () => port,
    async () => true,
  );
  await lazy.importState("state");
  expect((await lazy.exportState()).raw).toEqual(["state"]);
});
