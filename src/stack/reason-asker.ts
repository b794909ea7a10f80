import { type MachineReason, machineReason } from "./machine-reason.ts";
import type { StackContext } from "./stack-context.ts";

/** Interval at which a machine is asked, in milliseconds. */
const askEvery = 30_000;
/** Refusals in a row after which a machine counts as one that cannot be asked. */
const refusals = 3;
/** The same for one that does not answer, in milliseconds: a machine that starts can be asked within four minutes. */
const startLimit = 240_000;

/** What waiting for an unhealthy machine can bring: `wait`: its health. `person`: nothing before a person acts. `unknown`: it cannot be asked. */
type Outlook = "wait" | "person" | "unknown";

/** Asks an unhealthy machine for its reason now and then while it is waited for, and reports at once when it cannot be asked. */
export class ReasonAsker {
  readonly #context: StackContext;
  readonly #began: number;
  #next: number;
  #refusals = 0;
  #outlook: Outlook = "wait";
  #told = false;

  constructor(context: StackContext) {
    this.#context = context;
    this.#began = context.clock.now().getTime();
    this.#next = this.#began + askEvery;
  }

  async outlook(machine: string): Promise<Outlook> {
    const now = this.#context.clock.now().getTime();
    if (now < this.#next) return this.#outlook;
    this.#next = now + askEvery;
    const reason = await machineReason(this.#context, machine);
    this.#refusals = reason?.kind === "refused" ? this.#refusals + 1 : 0;
    const unanswered = reason?.kind === "starting" && now - this.#began >= startLimit;
    const unasked = reason?.kind === "keyless" || this.#refusals >= refusals || unanswered;
    this.#outlook = reason?.kind === "person" ? "person" : unasked ? "unknown" : "wait";
    if (this.#outlook === "unknown" && reason !== undefined) this.#tell(reason);
    return this.#outlook;
  }

  #tell({ text, next }: MachineReason): void {
    if (this.#told) return;
    this.#told = true;
    this.#context.emit({
      kind: "warning",
      code: "machine-not-asked",
      message: `${text}${next === undefined ? "" : `; next: ${next}`}`,
    });
  }
}
