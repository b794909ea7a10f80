import type { Adoption, EngineStack, Program, RunOptions } from "../engine/port.ts";

/** An engine that is opened at the first call: commands that need only the cloud start no engine and load no Pulumi. */
export class LazyEngine implements EngineStack {
  readonly #open: () => Promise<EngineStack>;
  #opened: Promise<EngineStack> | undefined;

  constructor(open: () => Promise<EngineStack>) {
    this.#open = open;
  }

  async preview(program: Program, options?: RunOptions) {
    return (await this.#engine()).preview(program, options);
  }

  async up(program: Program, options?: RunOptions) {
    return (await this.#engine()).up(program, options);
  }

  async insertIntoState(program: Program, adopt: ReadonlyMap<string, Adoption>, options?: RunOptions) {
    return (await this.#engine()).insertIntoState(program, adopt, options);
  }

  async refresh(program: Program | undefined, options?: RunOptions) {
    return (await this.#engine()).refresh(program, options);
  }

  async destroy(options?: RunOptions) {
    return (await this.#engine()).destroy(options);
  }

  async outputs() {
    return (await this.#engine()).outputs();
  }

  async cancel() {
    return (await this.#engine()).cancel();
  }

  async exportState() {
    return (await this.#engine()).exportState();
  }

  async importState(raw: unknown) {
    return (await this.#engine()).importState(raw);
  }

  #engine(): Promise<EngineStack> {
    this.#opened ??= this.#open();
    return this.#opened;
  }
}
