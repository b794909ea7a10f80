import type { ActionEvent, Emit } from "./action-event.ts";

/** Keeps events back until their turn has come to be told; from then on they pass. */
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
