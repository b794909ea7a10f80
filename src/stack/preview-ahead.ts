import { fingerprint } from "../core/fingerprint.ts";
import type { LiveFleet } from "../rolling/model.ts";
import type { SystemPlan } from "../systems/contract.ts";
import { HeldEvents } from "./held-events.ts";
import { type StackContext, stoppedBy } from "./stack-context.ts";
import { type PreparedUpdate, prepareUpdate, switchBuild } from "./update-stack.ts";

interface BegunPreview {
  /** Fingerprint of its Plan and of the fleet before it. */
  readonly asked: string;
  readonly stop: AbortController;
  readonly events: HeldEvents;
  /** Undefined when it failed: the step then requests it again and reports the error. */
  readonly update: Promise<PreparedUpdate | undefined>;
}

/**
 * Previews of a switch's steps. The first one runs before the approval, during the preflight checks. Each later one runs during the soak time of
 * the step before, when the engine is idle. A preview depends on Plan and state alone: one of another Plan than the step's is discarded, and each
 * step still checks whether the state has changed.
 */
export class PreviewAhead implements AsyncDisposable {
  readonly #context: StackContext;
  #begun: BegunPreview | undefined;

  constructor(context: StackContext) {
    this.#context = context;
  }

  /** Starts the preview of the Plan that is probably next, after `live`. Never throws, and emits nothing until the preview is taken. */
  begin(plan: SystemPlan, live: LiveFleet): void {
    const stop = new AbortController();
    const events = new HeldEvents(this.#context.emit);
    const context = stoppedBy({ ...this.#context, emit: events.emit }, stop.signal);
    const choice = switchBuild(live);
    const update = prepareUpdate(context, plan, choice).catch(() => undefined);
    this.#begun = { asked: fingerprint({ plan, choice }), stop, events, update };
  }

  /** The preview in progress, once it has ended; it can still be taken. Undefined: none was started, or it failed. */
  async peek(): Promise<PreparedUpdate | undefined> {
    return await this.#begun?.update;
  }

  /** The engine's changes: previewed ahead, or previewed now. */
  async take(plan: SystemPlan, live: LiveFleet): Promise<PreparedUpdate> {
    const choice = switchBuild(live);
    const begun = this.#begun;
    if (begun?.asked === fingerprint({ plan, choice })) {
      begun.events.tell();
      const update = await begun.update;
      this.#begun = undefined;
      if (update !== undefined) return update;
    }
    await this.throwAway();
    return await prepareUpdate(this.#context, plan, choice);
  }

  /** Stops a preview in progress. */
  async throwAway(): Promise<void> {
    this.#begun?.stop.abort();
    await this.#begun?.update;
    this.#begun = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.throwAway();
  }
}
