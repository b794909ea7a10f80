import { fingerprint } from "../core/fingerprint.ts";
import type { SystemPlan } from "../systems/contract.ts";
import { HeldEvents } from "./held-events.ts";
import { type StackContext, stoppedBy } from "./stack-context.ts";
import { type PreparedUpdate, prepareUpdate, switchBuild } from "./update-stack.ts";

interface BegunPreview {
  /** Fingerprint of its Plan. */
  readonly plan: string;
  readonly stop: AbortController;
  readonly events: HeldEvents;
  /** Undefined when it failed: it is then asked for again, and fails where it is needed. */
  readonly update: Promise<PreparedUpdate | undefined>;
}

/**
 * Previews of a switch's steps. The first is made before the approval, while everything else is asked; that of the next one is made while the step before needs the engine no more, because its front has to prove itself in the
 * pool and a pause follows. A preview depends on Plan and state alone. One of another Plan than the step turns out to have is thrown away; whether somebody
 * else has changed the state is looked at before each step as ever.
 */
export class PreviewAhead implements AsyncDisposable {
  readonly #context: StackContext;
  #begun: BegunPreview | undefined;

  constructor(context: StackContext) {
    this.#context = context;
  }

  /** Of the Plan that is probably next. Never fails, and nothing is told of it until it is taken. */
  begin(plan: SystemPlan): void {
    const stop = new AbortController();
    const events = new HeldEvents(this.#context.emit);
    const context = stoppedBy({ ...this.#context, emit: events.emit }, stop.signal);
    const update = prepareUpdate(context, plan, switchBuild).catch(() => undefined);
    this.#begun = { plan: fingerprint(plan), stop, events, update };
  }

  /** The preview that was begun, once it has ended; it can still be taken. Undefined: none was begun, or it failed. */
  async peek(): Promise<PreparedUpdate | undefined> {
    return await this.#begun?.update;
  }

  /** What the engine would do: seen ahead, or asked now. */
  async take(plan: SystemPlan): Promise<PreparedUpdate> {
    const begun = this.#begun;
    if (begun?.plan === fingerprint(plan)) {
      begun.events.tell();
      const update = await begun.update;
      this.#begun = undefined;
      if (update !== undefined) return update;
    }
    await this.throwAway();
    return await prepareUpdate(this.#context, plan, switchBuild);
  }

  /** What was begun is stopped. */
  async throwAway(): Promise<void> {
    this.#begun?.stop.abort();
    await this.#begun?.update;
    this.#begun = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.throwAway();
  }
}
