import type { Failure, Properties, ProviderClient } from "../local-cloud/provider/provider-client.ts";
import type { Answer } from "./answer.ts";
import { Forms } from "./forms.ts";
import { inputsRefused, refusalClass } from "./refusal-class.ts";
import type { Sequence, Step } from "./sequence.ts";

/** A resource as the engine's state has it. */
interface Recorded {
  readonly type: string;
  readonly id: string;
  /** Inputs after the check. */
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export interface Played {
  readonly step: Step;
  readonly answer: Answer;
  /** The words of a refusal, for people. */
  readonly words: string | undefined;
}

export interface PlayerArgs {
  readonly sequence: Sequence;
  readonly provider: ProviderClient;
  /** What the cloud comes with, by name: `image`, `outside`, `region`, `project`. */
  readonly given: Readonly<Record<string, string>>;
}

/** Seconds that what is right may take on a busy machine. */
const ample = 300;

class Refused extends Error {
  readonly at: NonNullable<Answer["refusal"]>["at"];
  readonly left: boolean;

  constructor(at: Refused["at"], message: string, left = false) {
    super(message);
    this.at = at;
    this.left = left;
  }
}

/** A reference to something that is not there. */
class Lacking extends Error {}

/** Does the steps of a sequence to one cloud, as the engine would, through the provider's own protocol. */
export class Player {
  readonly #sequence: Sequence;
  readonly #provider: ProviderClient;
  readonly #given: Readonly<Record<string, string>>;
  readonly #forms: Forms;
  readonly #state = new Map<string, Recorded>();
  #patience = ample;

  constructor({ sequence, provider, given }: PlayerArgs) {
    this.#sequence = sequence;
    this.#provider = provider;
    this.#given = given;
    this.#forms = new Forms(sequence.steps);
    for (const [name, value] of Object.entries(given)) this.#forms.learn(value, `@@${name}`);
  }

  async *play(): AsyncGenerator<Played> {
    for (const step of this.#sequence.steps) yield { step, ...(await this.#answer(step)) };
  }

  /** Deletes what is still in the state, the last first. */
  async cleanUp(): Promise<void> {
    for (const { type, id, outputs } of [...this.#state.values()].reverse()) {
      await this.#provider.delete(type, id, outputs, ample).catch(() => {});
    }
  }

  async #answer(step: Step): Promise<{ answer: Answer; words: string | undefined }> {
    try {
      return { answer: await this.#do(step), words: undefined };
    } catch (error) {
      if (error instanceof Lacking) return { answer: { outcome: "skipped" }, words: error.message };
      if (!(error instanceof Refused)) throw error;
      const kind = refusalClass(error.message);
      const refusal = { at: error.at, class: kind, ...(error.left ? { left: true as const } : {}) };
      return { answer: { outcome: "refused", refusal }, words: error.message };
    }
  }

  #do(step: Step): Promise<Answer> {
    this.#patience = step.patience ?? ample;
    switch (step.op) {
      case "create":
        return this.#create(step);
      case "change":
        return this.#change(step.name, step.inputs);
      case "refresh":
        return this.#refresh(step.name);
      case "import":
        return this.#import(step.name, step.id);
      case "drift":
        return this.#drift(step.name, step.inputs);
      case "vanish":
        return this.#delete(step.name, false);
      case "delete":
        return this.#delete(step.name, true);
    }
  }

  async #create({ name, type, inputs }: Extract<Step, { op: "create" }>): Promise<Answer> {
    const wanted = await this.#check(name, type, this.#resolve(inputs));
    const made = await this.#make(name, type, wanted);
    return { outcome: "created", ...this.#newInputs(wanted, inputs), outputs: this.#outputs(made) };
  }

  async #make(name: string, type: string, inputs: Properties): Promise<Recorded> {
    try {
      const { id, properties } = await this.#provider.create(type, inputs, { name, timeout: this.#patience });
      return this.#keep(name, { type, id, inputs, outputs: properties });
    } catch (error) {
      const { message, left } = error as Failure;
      if (left !== undefined) this.#keep(name, { type, id: left.id, inputs, outputs: left.properties });
      throw new Refused("create", message, left !== undefined);
    }
  }

  async #change(name: string, inputs: Properties): Promise<Answer> {
    const old = this.#recorded(name);
    const wanted = await this.#check(name, old.type, this.#resolve(inputs), old.inputs);
    const diff = await this.#diff(name, old, wanted);
    const told = { ...differences(diff), ...this.#newInputs(wanted, inputs) };
    if (diff.none) return { outcome: "same", ...told };
    if (diff.replaces.length === 0) {
      const outputs = await this.#ask("update", () =>
        this.#provider.update(old.type, old.id, old.outputs, wanted, { timeout: this.#patience }),
      );
      const updated = this.#keep(name, { ...old, inputs: wanted, outputs });
      return { outcome: "updated", ...told, outputs: this.#changedOutputs(old, updated) };
    }
    if (diff.deleteBeforeReplace) {
      await this.#remove(old);
      this.#state.delete(name);
    }
    const made = await this.#make(name, old.type, wanted);
    if (!diff.deleteBeforeReplace) await this.#remove(old);
    return { outcome: "replaced", ...told, outputs: this.#changedOutputs(old, made) };
  }

  async #refresh(name: string): Promise<Answer> {
    const old = this.#recorded(name);
    const read = await this.#ask("read", () =>
      this.#provider.read(old.type, old.id, { inputs: old.inputs, properties: old.outputs }),
    );
    if (read.id === "") {
      this.#state.delete(name);
      return { outcome: "gone" };
    }
    const seen = this.#keep(name, { ...old, id: read.id, inputs: read.inputs, outputs: read.properties });
    // What the next run of the unchanged program would do about it.
    const diff = await this.#diff(name, seen, old.inputs);
    const inputs = this.#difference(old.inputs, read.inputs);
    return {
      outcome: "read",
      ...differences(diff),
      ...(Object.keys(inputs).length > 0 ? { inputs } : {}),
      ...some("outputs", this.#changedOutputs(old, seen)),
    };
  }

  async #import(name: string, importId: string | undefined): Promise<Answer> {
    const known = this.#state.get(name);
    const type = known?.type ?? this.#typeOf(name);
    const id = importId === undefined ? this.#recorded(name).id : String(this.#resolve(importId));
    const read = await this.#ask("read", () => this.#provider.read(type, id));
    if (read.id === "") return { outcome: "gone" };
    if (known === undefined) return { outcome: "imported", outputs: this.#forms.ofAll(clear(read.properties)) };
    const adopted = { type, id: read.id, inputs: read.inputs, outputs: read.properties };
    const diff = await this.#diff(name, adopted, known.inputs);
    return {
      outcome: "imported",
      ...differences(diff),
      inputs: this.#forms.ofAll(clear(read.inputs)),
      ...some("outputs", this.#changedOutputs(known, adopted)),
    };
  }

  async #drift(name: string, inputs: Properties): Promise<Answer> {
    const { type, id, inputs: olds, outputs } = this.#recorded(name);
    const wanted = await this.#check(name, type, this.#resolve(inputs), olds);
    // As the bridge says to an update that would have to replace; no engine asks for one.
    if ((await this.#diff(name, { type, id, inputs: olds, outputs }, wanted)).replaces.length > 0) {
      throw new Refused("update", "expected diff to not require deletion or replacement during Update");
    }
    await this.#ask("update", () => this.#provider.update(type, id, outputs, wanted, { timeout: this.#patience }));
    return { outcome: "updated" };
  }

  async #delete(name: string, known: boolean): Promise<Answer> {
    await this.#remove(this.#recorded(name));
    if (known) this.#state.delete(name);
    return { outcome: "deleted" };
  }

  #remove({ type, id, outputs }: Recorded): Promise<void> {
    return this.#ask("delete", () => this.#provider.delete(type, id, outputs, this.#patience));
  }

  async #check(name: string, type: string, news: Properties, olds: Properties = {}): Promise<Properties> {
    // The bridge answers some values of a wrong type with an error, others with a failure.
    const { inputs, failures } = await this.#provider.check(type, news, olds, name).catch((error: Error) => {
      throw new Refused("check", /onnection/.test(error.message) ? error.message : inputsRefused);
    });
    if (failures.length > 0) throw new Refused("check", inputsRefused);
    return inputs;
  }

  #diff(name: string, old: Recorded, wanted: Properties) {
    return this.#ask("diff", () => this.#provider.diff(old.type, old.inputs, old.outputs, wanted, [], name));
  }

  async #ask<Result>(at: Refused["at"], work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refused || error instanceof Lacking) throw error;
      throw new Refused(at, (error as Error).message);
    }
  }

  #keep(name: string, recorded: Recorded): Recorded {
    this.#state.delete(name);
    this.#state.set(name, recorded);
    this.#forms.learn(recorded.id, `@${name}`);
    return recorded;
  }

  #recorded(name: string): Recorded {
    const found = this.#state.get(name);
    if (found === undefined) throw new Lacking(`${name} is not there`);
    return found;
  }

  #typeOf(name: string): string {
    const made = this.#sequence.steps.find((step) => step.op === "create" && step.name === name);
    if (made?.op !== "create") throw new Error(`nothing in the sequence is called ${name}`);
    return made.type;
  }

  #newInputs(wanted: Properties, asked: Properties) {
    return some("inputs", this.#difference(this.#resolve(asked), wanted));
  }

  #outputs(recorded: Recorded): Readonly<Record<string, unknown>> {
    return this.#forms.ofAll(clear(recorded.outputs));
  }

  #changedOutputs(before: Recorded, after: Recorded): Readonly<Record<string, unknown>> {
    return this.#difference(before.outputs, after.outputs);
  }

  /** What is not the same in `after`; null for what went. */
  #difference(before: Properties, after: Properties): Record<string, unknown> {
    const [old, now] = [this.#forms.ofAll(clear(before)), this.#forms.ofAll(clear(after))];
    return Object.fromEntries(
      [...new Set([...Object.keys(old), ...Object.keys(now)])]
        .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
        .map((name) => [name, now[name] ?? null]),
    );
  }

  /** Inputs with what their references stand for. */
  #resolve<Value>(value: Value): Value {
    if (typeof value === "string") return this.#refer(value) as Value;
    if (Array.isArray(value)) return value.map((element) => this.#resolve(element)) as Value;
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#resolve(inner)])) as Value;
  }

  #refer(text: string): unknown {
    // An import id may be made of several.
    if (text.includes("/@"))
      return text
        .split("/")
        .map((part) => this.#refer(part))
        .join("/");
    if (text.startsWith("@@")) {
      const given = this.#given[text.slice(2)];
      if (given === undefined) throw new Error(`the cloud comes without ${text}`);
      return given;
    }
    if (!text.startsWith("@")) return text;
    const [name = "", ...path] = text.slice(1).split(".");
    const { id, outputs } = this.#recorded(name);
    if (path.length === 0) return id;
    const value = path.reduce<unknown>(
      (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Properties)[key] : undefined),
      clear(outputs),
    );
    if (value === undefined) throw new Lacking(`${text} is not there`);
    return value;
  }
}

type Diff = Awaited<ReturnType<ProviderClient["diff"]>>;

function differences(diff: Diff): Pick<Answer, "differs" | "replaces" | "deleteFirst"> {
  return {
    ...(diff.none ? {} : { differs: [...diff.diffs].sort() }),
    ...(diff.replaces.length > 0 ? { replaces: [...new Set(diff.replaces)].sort() } : {}),
    ...(diff.replaces.length > 0 && diff.deleteBeforeReplace ? { deleteFirst: true as const } : {}),
  };
}

function some<Key extends string, Value extends object>(key: Key, value: Value): { [name in Key]?: Value } {
  return (Object.keys(value).length > 0 ? { [key]: value } : {}) as { [name in Key]?: Value };
}

/** Values without the wrappers of secrets (the SDK marks them, whatever the provider does), and without what only the bridge reads. */
function clear(values: Properties): Properties {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => !name.startsWith("__") && name !== "id")
      .map(([name, value]) => [name, clearOne(value)]),
  );
}

function clearOne(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clearOne);
  if (typeof value !== "object" || value === null) return value;
  if ("4dabf18193072939515e22adb298388d" in value) return clearOne((value as { value?: unknown }).value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith("__"))
      .map(([name, inner]) => [name, clearOne(inner)]),
  );
}
