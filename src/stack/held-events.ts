import type { ActionEvent, Emit } from "./action-event.ts";

/** Buffers events until `release`; later events pass directly. */
export class HeldEvents {
  readonly #emit: Emit;
  readonly #held: ActionEvent[] = [];
  #told = false;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  readonly emit: Emit = (event) => {
    if (this.#told) this.#emit(event);
    else this.#held.push(event);
  };

  tell(): void {
    this.#told = true;
    for (const event of this.#held.splice(0)) this.#emit(event);
  }
}
