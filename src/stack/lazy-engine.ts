import type { Adoption, EngineStack, Program, RunOptions, StateExport } from "../engine/port.ts";

/** An engine that is opened at the first call: commands that need only the cloud start no engine and load no Pulumi. */
export class LazyEngine implements EngineStack {
  readonly #open: () => Promise<EngineStack>;
  readonly #isNew: () => Promise<boolean>;
  #opened: Promise<EngineStack> | undefined;

  /** @param isNew whether the stack has no state yet: then its export is known without an engine */
  constructor(open: () => Promise<EngineStack>, isNew: () => Promise<boolean>) {
    this.#open = open;
    this.#isNew = isNew;
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

  async exportState(): Promise<StateExport> {
    if (this.#opened === undefined && (await this.#isNew())) {
      return { resources: [], pendingOperations: [], raw: { version: 3, deployment: {} } };
    }
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
