import type { ActionEvent, Phase, Repair } from "../../stack/action-event.ts";
import type { Terminal } from "../terminal.ts";
import { renderBytes } from "./bytes.ts";
import { renderChecks } from "./checks.ts";
import { renderSeconds } from "./duration.ts";
import { renderMoment } from "./front-moment.ts";
import { Progress } from "./progress.ts";
import { renderExpected, renderStep } from "./step.ts";

const phases: Readonly<Record<Phase, string>> = {
  recovering: "Looking for what an earlier run left",
  refreshing: "Asking the cloud for the real state",
  previewing: "Comparing settings and state",
  creating: "Creating",
  updating: "Changing",
  observing: "Looking at the fronts",
  unprotecting: "Giving up the protection of the data",
  destroying: "Deleting",
  searching: "Looking in the cloud for what the settings describe",
  ordering: "Asking the certificate authority",
  proving: "Proving that the names are yours",
  adopting: "Taking it in, and proving that nothing of it would change",
};

/** Phases that change resources: each has a tree of its own. */
const changing: readonly Phase[] = ["refreshing", "creating", "updating", "unprotecting", "destroying"];

const repairs: Readonly<Record<Repair, string>> = {
  "orphan-engine-ended": "ended the engine that an interrupted run had left",
  "engine-lock-released": "released the engine's lock of a run that is dead",
  "pending-operations-noted": "noted an operation that an earlier run did not finish",
  "resize-confirmed": "confirmed a resize that was cut in the middle",
  "resize-reverted": "reverted a resize that was cut in the middle",
  "front-reset": "brought a front back from ERROR",
  "creation-found": "found a resource that an earlier run had created; taking it in instead of creating a second one",
  "missing-resource-pruned": "removed from the state a resource that the cloud no longer has",
  "failed-server-deleted": "deleted a server that the cloud had failed to build",
  "creation-discarded": "deleted what an earlier run had created and nothing uses",
  "creation-given-up":
    "no longer looking for it; where it exists, it stays in the cloud and is billed, unknown to the state",
  "state-backed-up": "kept a copy of the state",
};

function renderTask(event: Extract<ActionEvent, { readonly kind: "task" }>): readonly string[] {
  if (event.moment === "begun") {
    return [
      `Before the scale-down: ${event.task} (at most ${renderSeconds(event.limitSeconds)})`,
      `      its output: ${event.log}`,
    ];
  }
  const left = `${event.object}, ${renderBytes(event.bytes)}`;
  return event.moment === "done"
    ? [`      done: ${left}`]
    : [`Before the scale-down: ${event.task} was done by an earlier run (${left})`];
}

/** Shows the progress of an action. */
export class ActionScreen {
  readonly #terminal: Terminal;
  readonly #progress: Progress;
  #phase: Phase = "recovering";

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#progress = new Progress(terminal);
  }

  on(event: ActionEvent): void {
    switch (event.kind) {
      case "phase":
        this.#phase = event.phase;
        if (changing.includes(event.phase)) this.#progress.begin(phases[event.phase]);
        else if (this.#terminal.interactive) this.#progress.begin(phases[event.phase], { passing: true });
        return;
      case "engine":
        // Events of a preview are not changes.
        if (changing.includes(this.#phase) || event.event.kind === "diagnostic") this.#progress.on(event.event);
        return;
      case "checks":
        this.#progress.end();
        this.#terminal.line(renderChecks(this.#terminal, event.checks));
        return;
      case "step-begun": {
        this.#progress.end();
        const { style } = this.#terminal;
        const expected = event.expected === undefined ? "" : ` ${style("dim", `(${renderExpected(event.expected)})`)}`;
        this.#terminal.line(
          `${style("cyan", `[${event.position}/${event.total}]`)} ${renderStep(event.step)}${expected}`,
        );
        return;
      }
      case "step-done":
        this.#progress.end();
        this.#terminal.line(`      done in ${renderSeconds(event.seconds)}`);
        return;
      case "reverting":
        this.#progress.end();
        this.#terminal.line(
          `      ${this.#terminal.style("yellow", "failed")}: taking it back (${renderStep(event.step)})`,
        );
        return;
      case "front":
        this.#progress.end();
        this.#terminal.line(`      ${event.front}: ${renderMoment(event)}`);
        return;
      case "task":
        this.#progress.end();
        for (const line of renderTask(event)) this.#terminal.line(line);
        return;
      case "repaired":
        this.#progress.note(`  ${this.#terminal.style("yellow", "!")} ${repairs[event.repair]}: ${event.what}`);
        return;
      case "warning":
        this.#progress.note(`  ${this.#terminal.style("yellow", "!")} ${event.message} [${event.code}]`);
        return;
    }
  }

  /** Ends the live part, before other output. */
  end(): void {
    this.#progress.end();
  }

  /** Writes a line to standard error, above the live part. */
  warn(text: string): void {
    this.#progress.warn(text);
  }

  inProgress(): readonly string[] {
    return this.#progress.inProgress();
  }
}
