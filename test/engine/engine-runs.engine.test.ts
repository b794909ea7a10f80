import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LorError } from "../../src/core/errors.ts";
import type { EngineLockHolder } from "../../src/engine/engine-errors.ts";
import type { EngineEvent, EngineStack, Program, RunResult, StateExport } from "../../src/engine/port.ts";
import { Shelf, Thing, TinyLab, urnOf } from "./tiny-stack.ts";

let lab: TinyLab;

beforeAll(async () => {
  lab = await TinyLab.start();
});

afterAll(() => lab.stop());

/** A program with one thing for each name. */
function things(inputs: Readonly<Record<string, pulumi.Inputs>>, outputs: Record<string, unknown> = {}): Program {
  return async () => {
    for (const [name, values] of Object.entries(inputs)) {
      new Thing(name, values);
    }
    return outputs;
  };
}

function changesOf(result: RunResult): Record<string, unknown> {
  return Object.fromEntries(
    result.changes.map((one) => [one.name, [one.change, one.changedProperties, one.replacingProperties]]),
  );
}

async function failureOf(run: Promise<unknown>): Promise<LorError> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LorError)) {
    throw new Error("the run did not fail with a coded error", { cause: error });
  }
  return error;
}

/** Process of the engine that holds a stack's lock. */
function holderOf(error: LorError): number {
  const { holders } = error.cause as { readonly holders: readonly EngineLockHolder[] };
  return holders[0]?.pid ?? 0;
}

test("the engine keeps no log of what it does", async () => {
  const stack = await lab.open("silent");
  await stack.up(things({ shelf: { v: 1 } }));
  expect(statSync(join(lab.folder, "work", "engine-home", "logs")).isFile()).toBe(true);
  expect(existsSync(join(lab.folder, "home", "logs"))).toBe(false);
});

describe("what a run reports", () => {
  test("create, update, replace, delete and same, in the preview as in the run", async () => {
    const stack = await lab.open("changes");
    await stack.up(things({ kept: { v: 1 }, grown: { v: 1 }, moved: { zone: "a" }, dropped: { v: 1 } }));
    lab.provider.calls.length = 0;
    const target = things({ kept: { v: 1 }, grown: { v: 2, w: 1 }, moved: { zone: "b" }, added: { v: 1 } });
    const expected = {
      kept: ["same", [], []],
      grown: ["update", ["v", "w"], []],
      moved: ["replace", ["zone"], ["zone"]],
      added: ["create", [], []],
      dropped: ["delete", [], []],
    };

    expect(changesOf(await stack.preview(target))).toEqual(expected);
    expect(lab.provider.calls).toEqual([]);
    expect(changesOf(await stack.up(target))).toEqual(expected);
    const done = lab.provider.calls.map((call) => `${call.operation} ${call.name}`).sort();
    expect(done).toEqual(["create added", "create moved", "delete dropped", "delete moved", "update grown"]);
  });

  test("the values before and after, down to the member, and never a secret", async () => {
    const stack = await lab.open("values");
    const program = (v: number, planted: string) => async () => {
      new Thing(
        "one",
        {
          v,
          list: [{ role: "a", v }],
          zone: `z${v}`,
          password: pulumi.secret(planted),
          content: planted,
          tags: { key: planted },
        },
        { additionalSecretOutputs: ["content", "tags"] },
      );
      return {};
    };
    await stack.up(program(1, "planted-before"));
    const events: EngineEvent[] = [];
    const run = await stack.preview(program(2, "planted-after"), { onEvent: (event) => events.push(event) });

    expect(run.changes.find((one) => one.name === "one")?.values).toEqual([
      { path: "content", before: "(secret)", after: "(secret)" },
      { path: "list[0].v", before: 1, after: 2 },
      { path: "tags.key", before: "(secret)", after: "(secret)" },
      { path: "v", before: 1, after: 2 },
      { path: "zone", before: "z1", after: "z2" },
    ]);
    expect(JSON.stringify([run.changes, events])).not.toContain("planted");
  });

  test("an output that becomes secret only now is masked in the same run", async () => {
    const stack = await lab.open("values-newly-secret");
    await stack.up(things({ one: { content: "planted-before" } }));
    const events: EngineEvent[] = [];
    const secret = async () => {
      new Thing("one", { content: "planted-after" }, { additionalSecretOutputs: ["content"] });
      return {};
    };
    const run = await stack.preview(secret, { onEvent: (event) => events.push(event) });

    expect(run.changes.find((one) => one.name === "one")?.values).toEqual([
      { path: "content", before: "(secret)", after: "(secret)" },
    ]);
    expect(JSON.stringify([run.changes, events])).not.toContain("planted");
  });

  test("events: begun and ended once for each change, the old one's deletion after a replacement", async () => {
    const stack = await lab.open("events");
    const events: string[] = [];
    const onEvent = (event: EngineEvent) => {
      if (event.kind === "started" || event.kind === "finished") {
        events.push(`${event.kind} ${event.change.change} ${event.change.name}`);
      }
    };
    await stack.up(things({ one: { zone: "a" } }), { onEvent });
    await stack.up(things({ one: { zone: "b" } }), { onEvent });

    expect(events).toEqual([
      "started create one",
      "finished create one",
      "started replace one",
      "finished replace one",
      "started delete one",
      "finished delete one",
    ]);
  });

  test("a replacement that deletes first is one change", async () => {
    const stack = await lab.open("delete-first");
    const program = (zone: string) => async () => {
      new Thing("one", { zone }, { deleteBeforeReplace: true });
      return {};
    };
    await stack.up(program("a"));
    const events: string[] = [];
    const result = await stack.up(program("b"), {
      onEvent: (event) => {
        if ("change" in event) {
          events.push(`${event.kind} ${event.change.change}`);
        }
      },
    });

    expect(changesOf(result)).toEqual({ one: ["replace", ["zone"], ["zone"]] });
    expect(events).toEqual(["started replace", "finished replace"]);
  });

  test("each declared resource tells what it waits for, through outputs and options", async () => {
    const stack = await lab.open("declared");
    const declared = new Map<string, readonly string[]>();
    await stack.preview(
      async () => {
        const first = new Thing("first", { v: 1 });
        const second = new Thing("second", { from: first.id.apply((id) => `of ${id}`) });
        new Thing("third", { list: [{ inner: second.urn }] }, { dependsOn: [first] });
        return {};
      },
      {
        onEvent: (event) => {
          if (event.kind === "declared") declared.set(event.urn, event.dependsOn);
        },
      },
    );

    const urn = (name: string) => urnOf("declared", "tiny:index:Thing", name);
    expect(declared.get(urn("first"))).toEqual([]);
    expect(declared.get(urn("second"))).toEqual([urn("first")]);
    expect(new Set(declared.get(urn("third")))).toEqual(new Set([urn("first"), urn("second")]));
  });

  test("a program whose order has changed since the state was made: a run that touches a part of it keeps the recorded one", async () => {
    const stack = await lab.open("reordered");
    const urn = (name: string) => urnOf("reordered", "tiny:index:Thing", name);
    const before = async () => {
      new Thing("other", { v: 1 });
      const late = new Thing("late", { v: 1 });
      const first = new Thing("first", { v: 1 }, { dependsOn: [late] });
      new Thing("touched", { v: 1 }, { dependsOn: [first] });
      return {};
    };
    const since = (v: number) => async () => {
      const first = new Thing("first", { v: 1 });
      const other = new Thing("other", { v: 1 });
      // It only comes later, after an answer to what was asked after `first`: to the SDK a promise is no dependency.
      new Thing("late", { v: new Promise<number>((resolve) => other.urn.apply(() => resolve(1))) });
      new Thing("touched", { v }, { dependsOn: [first] });
      return {};
    };
    await stack.up(before);
    const { resources } = await stack.exportState();
    const options = { targets: [urn("touched")] };
    const refused = await failureOf(stack.up(since(2), options));
    expect(refused.message).toContain("Duplicate resource URN");

    const recordedOrder = new Map(resources.map(({ urn, dependencies }) => [urn, dependencies]));
    const run = await stack.up(since(3), { ...options, recordedOrder });
    expect(changesOf(run)).toMatchObject({ touched: ["update", ["v"], []] });
    const after = await stack.exportState();
    expect(after.resources.find((one) => one.urn === urn("first"))?.dependencies).toEqual([urn("late")]);
  });

  test("only the targets are touched", async () => {
    const stack = await lab.open("targets");
    await stack.up(things({ one: { v: 1 }, two: { v: 1 } }));
    lab.provider.calls.length = 0;
    await stack.up(things({ one: { v: 2 }, two: { v: 2 } }), {
      targets: [urnOf("targets", "tiny:index:Thing", "two")],
    });

    expect(lab.provider.calls).toEqual([{ operation: "update", name: "two" }]);
  });

  test("a refresh reports what someone else changed; an update with a refresh what it will do", async () => {
    const stack = await lab.open("drift");
    const program = things({ gone: { v: 1 }, changed: { v: 1 } });
    await stack.up(program);
    const state = await stack.exportState();
    const idOf = (name: string) => state.resources.find((one) => one.name === name)?.id ?? "";
    lab.provider.things.delete(idOf("gone"));
    lab.provider.things.set(idOf("changed"), { v: 9 });

    expect(changesOf(await stack.preview(program, { refresh: true }))).toEqual({
      gone: ["create", [], []],
      changed: ["update", ["v"], []],
    });
    expect(changesOf(await stack.refresh(program))).toEqual({
      gone: ["delete", [], []],
      changed: ["update", ["v"], []],
    });
    // The state has taken it over, so the next run puts both right.
    expect(changesOf(await stack.up(program, { refresh: true }))).toEqual({
      gone: ["create", [], []],
      changed: ["update", ["v"], []],
    });
    expect(changesOf(await stack.refresh(program))).toEqual({ gone: ["same", [], []], changed: ["same", [], []] });
  });

  test("a refresh without a program reports the same, and what the stack says of itself stays", async () => {
    const stack = await lab.open("drift-alone");
    const program = things({ gone: { v: 1 }, changed: { v: 1 } }, { said: "before" });
    await stack.up(program);
    const idOf = (state: StateExport, name: string) => state.resources.find((one) => one.name === name)?.id ?? "";
    const before = await stack.exportState();
    lab.provider.things.delete(idOf(before, "gone"));
    lab.provider.things.set(idOf(before, "changed"), { v: 9 });

    expect(changesOf(await stack.refresh(undefined))).toEqual({
      gone: ["delete", [], []],
      changed: ["update", ["v"], []],
    });
    const after = await stack.exportState();
    expect(after.resources.find((one) => one.type === "pulumi:pulumi:Stack")?.outputs).toEqual({ said: "before" });
    expect(changesOf(await stack.preview(program))).toEqual({
      gone: ["create", [], []],
      changed: ["update", ["v"], []],
    });
  });
});

describe("outputs and state", () => {
  let stack: EngineStack;

  beforeAll(async () => {
    stack = await lab.open("state");
  });

  test("the outputs of a run are those that the state keeps, in clear", async () => {
    const program = async () => {
      const one = new Thing("one", { v: 1 });
      return { address: one.id, password: pulumi.secret("a-secret-output"), list: [1, { two: 2 }] };
    };
    const { outputs } = await stack.up(program);

    expect(outputs).toEqual({
      address: expect.stringMatching(/^thing-/),
      password: "a-secret-output",
      list: [1, { two: 2 }],
    });
    expect(await stack.outputs()).toEqual(outputs);
  });

  test("an exported state shows no secret, and can be put back", async () => {
    await stack.up(things({ one: { v: 1, password: pulumi.secret("a-secret-input") } }));
    const before = await stack.exportState();
    expect(before.resources.find((one) => one.name === "one")).toMatchObject({
      type: "tiny:index:Thing",
      inputs: { v: 1, password: "[secret]" },
      protect: false,
    });
    expect(JSON.stringify(before)).not.toContain("a-secret-input");

    await stack.destroy();
    expect((await stack.exportState()).resources.some((one) => one.name === "one")).toBe(false);
    await stack.importState(before.raw);
    expect((await stack.exportState()).resources).toEqual(before.resources);
    expect(
      changesOf(await stack.preview(things({ one: { v: 1, password: pulumi.secret("a-secret-input") } }))),
    ).toEqual({
      one: ["same", [], []],
    });
  });

  test("plain pulumi reads the same state from the user's folder, with the same salt", async () => {
    const project = join(lab.folder, "project");
    mkdirSync(project);
    const { encryptionSalt, passphrase, backendUrl, env } = lab.openArgs("state");
    writeFileSync(join(project, "Pulumi.yaml"), "name: tiny\nruntime: nodejs\n");
    writeFileSync(join(project, "Pulumi.state.yaml"), `encryptionsalt: ${encryptionSalt}\n`);
    await stack.up(async () => ({ password: pulumi.secret("a-secret-output") }));
    const { stdout } = await promisify(execFile)(
      lab.engine.path,
      ["stack", "output", "--json", "--show-secrets", "--stack", "state"],
      { cwd: project, env: { ...env, PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_BACKEND_URL: backendUrl } },
    );

    expect(JSON.parse(stdout)).toEqual({ password: "a-secret-output" });
    expect(readFileSync(join(project, "Pulumi.state.yaml"), "utf8")).toBe(`encryptionsalt: ${encryptionSalt}\n`);
  });

  test("nothing is written outside the scratch folder and the backend", () => {
    expect(readdirSync(lab.folder).filter((name) => name !== "home" && name !== "project")).toEqual([
      "backend",
      "work",
    ]);
    expect(readdirSync(join(lab.folder, "work", "state")).sort()).toEqual(["Pulumi.state.yaml", "Pulumi.yaml"]);
  });
});

describe("adoption", () => {
  test("takes an existing resource in, in a component too, and leaves nothing to change afterwards", async () => {
    const stack = await lab.open("adopt");
    lab.provider.things.set("made-before", { v: 1, hidden: "user data" });
    const program = async () => {
      const shelf = new Shelf("shelf");
      new Thing("one", { v: 1, hidden: pulumi.secret("user data") }, { parent: shelf });
      new Thing("two", { v: 2 });
      return {};
    };
    lab.provider.calls.length = 0;
    const urn = urnOf("adopt", "tiny:index:Shelf$tiny:index:Thing", "one");
    const result = await stack.up(program, {
      adopt: new Map([[urn, { id: "made-before", writeOnlyInputs: ["hidden"] }]]),
    });

    expect(result.changes.find((one) => one.name === "one")?.change).toBe("import");
    expect(lab.provider.calls.filter((call) => call.operation !== "read")).toEqual([
      { operation: "create", name: "two" },
    ]);
    expect(changesOf(await stack.preview(program))).toMatchObject({ one: ["same", [], []], two: ["same", [], []] });
    const adopted = (await stack.exportState()).resources.find((one) => one.name === "one");
    expect(adopted).toMatchObject({ id: "made-before", inputs: { hidden: "[secret]" } });
  });

  test("in a preview tells how a resource differs, values and all, and shows no secret", async () => {
    const stack = await lab.open("adopt-differs");
    lab.provider.things.set("differs", { v: 1, zone: "a", password: "planted-secret" });
    const urn = urnOf("adopt-differs", "tiny:index:Thing", "one");
    const program = things({ one: { v: 2, zone: "a", password: pulumi.secret("another-secret") } });
    const run = await stack.preview(program, { adopt: new Map([[urn, { id: "differs", writeOnlyInputs: [] }]]) });

    expect(run.differences.get(urn)).toContainEqual({ path: "v", found: 1, wanted: 2 });
    expect(JSON.stringify([...run.differences])).not.toContain("another-secret");
  });

  test("keeps what is there when it is told to, and waits for nothing that will not be there", async () => {
    const stack = await lab.open("adopt-keep");
    lab.provider.things.set("keeps", { v: 1 });
    const program = async () => {
      const absent = new Thing("absent", { v: 1 });
      new Thing("one", { v: 2 }, { dependsOn: [absent] });
      return {};
    };
    const urn = (name: string) => urnOf("adopt-keep", "tiny:index:Thing", name);
    lab.provider.calls.length = 0;
    await stack.up(program, {
      adopt: new Map([[urn("one"), { id: "keeps", writeOnlyInputs: [] }]]),
      keep: new Set([urn("one")]),
      without: new Set([urn("absent")]),
      targets: [urn("one")],
    });

    expect(lab.provider.calls.filter((call) => call.operation !== "read")).toEqual([]);
    expect((await stack.exportState()).resources.find((one) => one.name === "one")?.inputs).toEqual({ v: 1 });
  });

  test("enters what no provider imports with the program's inputs and the secrets that were told", async () => {
    const stack = await lab.open("enters");
    lab.provider.things.set("entered", { v: 1, text: "planted-input" });
    const program = things({ one: { v: 1, text: pulumi.secret("planted-input") }, two: { v: 2 } });
    const urn = (name: string) => urnOf("enters", "tiny:index:Thing", name);
    // Its provider is in the state once another one of it is.
    await stack.up(program, { targets: [urn("two")] });
    lab.provider.calls.length = 0;
    const adoption = { id: "entered", writeOnlyInputs: [], secretOutputs: { told: "planted-output" } };
    const other = { ...adoption, fits: (inputs: Readonly<Record<string, unknown>>) => inputs.text !== "planted-input" };
    expect(await stack.insertIntoState(program, new Map([[urn("one"), other]]))).toMatchObject({ inserted: [] });
    expect(await stack.insertIntoState(program, new Map([[urn("one"), adoption]]))).toMatchObject({
      inserted: [urn("one")],
    });

    const { resources, raw } = await stack.exportState();
    expect(resources.find((one) => one.name === "one")).toMatchObject({
      id: "entered",
      inputs: { v: 1, text: "[secret]" },
    });
    expect(JSON.stringify(raw)).not.toMatch(/planted-(in|out)put/);
    expect(lab.provider.calls.filter((call) => call.operation !== "read")).toEqual([]);
    expect(changesOf(await stack.preview(program))).toMatchObject({ one: ["same", [], []] });
  });

  test("of a resource that is gone has its own code", async () => {
    const stack = await lab.open("adopt-gone");
    const urn = urnOf("adopt-gone", "tiny:index:Thing", "one");
    const adopt = new Map([[urn, { id: "never-made", writeOnlyInputs: [] }]]);
    const error = await failureOf(stack.up(things({ one: { v: 1 } }), { adopt }));

    expect(error).toMatchObject({ code: "adoption-missing", seen: "never-made" });
  });
});

describe("failures", () => {
  test("a provider's error names the resource and keeps its reason", async () => {
    const stack = await lab.open("fails");
    const failed: EngineEvent[] = [];
    const error = await failureOf(
      stack.up(things({ bad: { fails: "quota exceeded for cores" }, good: { v: 1 } }), {
        onEvent: (event) => {
          if (event.kind === "failed") {
            failed.push(event);
          }
        },
      }),
    );

    expect(error).toMatchObject({ code: "resource-failed", culprit: "cloud", exit: 1 });
    expect(error.message).toBe("bad (tiny:index:Thing) could not be created: quota exceeded for cores");
    expect(failed).toMatchObject([{ change: { name: "bad", change: "create" }, message: "quota exceeded for cores" }]);
  });

  test("no secret in events and errors, whatever the provider says", async () => {
    const stack = await lab.open("secrets");
    const secrets = ["planted-secret-one", "planted-secret-two", "planted-secret-three"];
    const seen: EngineEvent[] = [];
    const error = await failureOf(
      stack.up(
        things({
          holder: { password: pulumi.secret(secrets[0]), nested: { list: [pulumi.secret(secrets[1])] } },
          bad: { fails: pulumi.secret(`rejected ${secrets[2]} and ${secrets[0]}`) },
        }),
        { onEvent: (event) => seen.push(event) },
      ),
    );

    expect(error.code).toBe("resource-failed");
    const everything = JSON.stringify([seen, error, error.message, error.stack, String(error.cause)]);
    for (const secret of secrets) {
      expect(everything).not.toContain(secret);
    }
  });

  test("a program's own coded error comes out as it is; any other is a failed program", async () => {
    const stack = await lab.open("program");
    const own = new LorError({ code: "setting-type", message: "no", exit: 2, culprit: "user" });
    const throwing = (error: Error) => async (): Promise<Record<string, unknown>> => {
      throw error;
    };

    expect(await failureOf(stack.preview(throwing(own)))).toBe(own);
    expect(await failureOf(stack.preview(throwing(new Error("boom"))))).toMatchObject({
      code: "program-failed",
      message: expect.stringContaining("boom"),
    });
  });

  test("a protected resource is not deleted", async () => {
    const stack = await lab.open("protected");
    await stack.up(async () => {
      new Thing("data", { v: 1 }, { protect: true });
      return {};
    });
    expect(await failureOf(stack.destroy())).toMatchObject({ code: "resource-protected", exit: 3 });
  });

  test("a wrong passphrase", async () => {
    const stack = await lab.open("passphrase");
    await stack.up(things({ one: { password: pulumi.secret("a-secret-input") } }));
    const other = await lab.open("passphrase", { passphrase: "another-passphrase" });
    const error = await failureOf(other.preview(things({})));

    expect(error).toMatchObject({ code: "passphrase-wrong", exit: 2 });
    expect(error.message).not.toContain("another-passphrase");
  });

  test("a package without a provider", async () => {
    const stack = await lab.open("plugin");
    const program = async () => {
      new (class extends pulumi.CustomResource {})("absent:index:Thing", "one", {});
      return {};
    };
    expect(await failureOf(stack.preview(program))).toMatchObject({ code: "plugin-missing", seen: "absent" });
  });
});

describe("stopping", () => {
  test("an abort lets the operation in progress end, records it and begins no other", async () => {
    const stack = await lab.open("abort");
    const stop = new AbortController();
    const run = stack.up(
      async () => {
        const first = new Thing("first", { waits: true });
        new Thing("second", { v: 1 }, { dependsOn: first });
        return {};
      },
      { signal: stop.signal },
    );
    await lab.provider.waits();
    const told = lab.provider.cancelled();
    stop.abort();
    await told;
    lab.provider.release();

    expect(await failureOf(run)).toMatchObject({ code: "cancelled" });
    const state = await stack.exportState();
    expect(state.pendingOperations).toEqual([]);
    expect(state.resources.map((one) => one.name)).toContain("first");
    expect(state.resources.map((one) => one.name)).not.toContain("second");
    expect(readdirSync(join(lab.backend, ".pulumi", "locks", "organization", "tiny", "abort"))).toEqual([]);
  });

  test("aborted before it begins, nothing runs", async () => {
    const stack = await lab.open("aborted-before");
    lab.provider.calls.length = 0;
    const run = stack.up(things({ one: { v: 1 } }), { signal: AbortSignal.abort() });

    expect(await failureOf(run)).toMatchObject({ code: "cancelled" });
    expect(lab.provider.calls).toEqual([]);
  });

  test("a second run on the same stack says who holds it; cancel gives the lock back", async () => {
    const stack = await lab.open("busy");
    const first = stack.up(things({ slow: { waits: true } }));
    await lab.provider.waits();
    const error = await failureOf(stack.destroy());
    lab.provider.release();
    await first;

    expect(error).toMatchObject({ code: "stack-locked", exit: 4 });
    expect(error.message).toMatch(/\(process \d+, since \d{4}-/);
    await stack.cancel();
    expect(changesOf(await stack.preview(things({ slow: { waits: true } })))).toEqual({ slow: ["same", [], []] });
  });

  test("after kill -9 of the engine: what was in progress is known, and the state can be put right", async () => {
    const stack = await lab.open("killed");
    const run = failureOf(stack.up(things({ kept: { v: 1 }, slow: { waits: true } })));
    await lab.provider.waits();
    process.kill(holderOf(await failureOf(stack.destroy())), "SIGKILL");
    lab.provider.release();

    expect(await run).toMatchObject({ code: "engine-killed" });
    expect(await failureOf(stack.destroy())).toMatchObject({ code: "stack-locked" });
    await stack.cancel();
    const state = await stack.exportState();
    expect(state.pendingOperations).toMatchObject([{ kind: "creating", type: "tiny:index:Thing" }]);
    await stack.importState(state.raw);
    expect((await stack.exportState()).pendingOperations).toEqual([]);
  });

  test("programs of two stacks take turns", async () => {
    const stacks = await Promise.all(["turn-a", "turn-b"].map((name) => lab.open(name)));
    const results = await Promise.all(stacks.map((stack, i) => stack.up(things({ one: { v: i } }, { i }))));

    expect(results.map((one) => one.outputs)).toEqual([{ i: 0 }, { i: 1 }]);
    expect(results.flatMap((one) => one.changes.map((change) => change.urn))).toEqual([
      urnOf("turn-a", "tiny:index:Thing", "one"),
      urnOf("turn-b", "tiny:index:Thing", "one"),
    ]);
  });
});
