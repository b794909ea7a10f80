import { createLogUpdate } from "log-update";
import type { EngineEvent, ResourceChange } from "../../engine/port.ts";
import { host } from "../../os/host.ts";
import type { Terminal } from "../terminal.ts";
import { renderSeconds } from "./duration.ts";

const redrawMilliseconds = 125;
const waitingShown = 6;

interface Running {
  readonly change: ResourceChange;
  readonly since: number;
}

/**
 * Progress of the engine: in a terminal a live tree (operations in progress with elapsed time, and their dependents), in a pipe one plain line per
 * finished resource.
 */
export class Progress {
  readonly #terminal: Terminal;
  readonly #running = new Map<string, Running>();
  readonly #done = new Set<string>();
  /** URN -> URNs of its dependencies. */
  readonly #dependencies = new Map<string, readonly string[]>();
  #title = "";
  #passing = false;
  #changed = 0;
  #since = host().monotonic();
  #stopTimer: (() => void) | undefined;
  readonly #draw = createLogUpdate(process.stdout);

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Starts a new part of the screen. A transient one changes nothing and leaves no line. */
  begin(title: string, { passing = false }: { readonly passing?: boolean } = {}): void {
    this.end();
    this.#title = title;
    this.#passing = passing;
    this.#changed = 0;
    this.#dependencies.clear();
    this.#since = host().monotonic();
    this.#done.clear();
    if (this.#terminal.interactive) this.#stopTimer = host().every(redrawMilliseconds, () => this.#redraw());
    else this.#terminal.line(title);
  }

  /** Ends the part; in a terminal one line remains if it changed something. */
  end(): void {
    if (this.#title === "") return;
    if (this.#stopTimer !== undefined) {
      this.#stopTimer();
      this.#stopTimer = undefined;
      this.#draw.clear();
      const summary = this.#terminal.style("dim", `(${this.#changed} changed, ${this.#elapsed()})`);
      if (!this.#passing) this.#terminal.line(`${this.#title} ${summary}`);
    }
    this.#running.clear();
    this.#title = "";
  }

  /** Resources that are changing now, by display name. */
  inProgress(): readonly string[] {
    return [...this.#running.values()].map(({ change }) => `${change.change} ${label(change)}`);
  }

  /** Writes a line above the live part. */
  note(text: string): void {
    if (this.#stopTimer !== undefined) this.#draw.clear();
    this.#terminal.line(text);
  }

  /** The same on standard error. */
  warn(text: string): void {
    if (this.#stopTimer !== undefined) this.#draw.clear();
    this.#terminal.warn(text);
  }

  on(event: EngineEvent): void {
    // A component is not a cloud resource: it is done when its children are.
    if ("change" in event && isComponent(event.change.urn)) return;
    switch (event.kind) {
      case "declared":
        if (!isComponent(event.urn)) {
          this.#dependencies.set(
            event.urn,
            event.dependsOn.filter((urn) => !isComponent(urn)),
          );
        }
        return;
      case "started":
        if (event.change.change !== "same")
          this.#running.set(event.change.urn, { change: event.change, since: host().monotonic() });
        return;
      case "finished":
        this.#finish(event.change);
        return;
      case "failed":
        this.#running.delete(event.change.urn);
        this.note(`  ${this.#terminal.style("red", "✗")} ${label(event.change)}: ${event.message}`);
        return;
      case "diagnostic":
        // The error is shown again with the failed resource, and at the end of the command.
        if (event.severity === "warning") this.note(`  ${this.#terminal.style("yellow", "!")} ${event.message.trim()}`);
    }
  }

  #finish(change: ResourceChange): void {
    const running = this.#running.get(change.urn);
    this.#running.delete(change.urn);
    this.#done.add(change.urn);
    if (change.change !== "same") this.#changed += 1;
    if (this.#terminal.interactive || change.change === "same") return;
    const seconds = running === undefined ? "" : ` (${renderSeconds((host().monotonic() - running.since) / 1000)})`;
    this.#terminal.line(`  ${mark(change)} ${label(change)}${seconds}`);
  }

  #elapsed(): string {
    return renderSeconds((host().monotonic() - this.#since) / 1000);
  }

  #notYetBegun(urns: readonly string[]): number {
    return urns.filter((urn) => !this.#running.has(urn)).length;
  }

  #redraw(): void {
    const { style } = this.#terminal;
    const waiting = [...this.#dependencies].filter(([urn]) => !this.#done.has(urn) && !this.#running.has(urn));
    const counts = `${this.#done.size} done, ${this.#running.size} in progress, ${waiting.length} waiting, `;
    const lines = [`${this.#title} ${style("dim", `${this.#passing ? "" : counts}${this.#elapsed()}`)}`];
    for (const { change, since } of this.#running.values()) {
      lines.push(
        `  ${mark(change)} ${label(change)} ${style("dim", renderSeconds((host().monotonic() - since) / 1000))}`,
      );
    }
    const explained = waiting
      .map(([urn, dependencies]) => ({ urn, blocking: dependencies.filter((one) => !this.#done.has(one)) }))
      .filter(({ blocking }) => blocking.length > 0)
      // First the next resources, which wait only for operations in progress.
      .toSorted((a, b) => this.#notYetBegun(a.blocking) - this.#notYetBegun(b.blocking));
    for (const { urn, blocking } of explained.slice(0, waitingShown)) {
      lines.push(style("dim", `    ${urnLabel(urn)} waits for ${blocking.slice(0, 3).map(urnLabel).join(", ")}`));
    }
    this.#draw(lines.map((line) => cut(line, this.#terminal.columns - 1)).join("\n"));
  }
}

const marks: Readonly<Record<ResourceChange["change"], string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  read: "?",
  import: "=",
  same: " ",
};

function mark(change: ResourceChange): string {
  return marks[change.change];
}

/** `ps-0 (compute Instance)` instead of a URN. */
function label(change: Pick<ResourceChange, "name" | "type">): string {
  return `${change.name} (${shortType(change.type)})`;
}

/** `openstack:compute/instance:Instance` -> `compute Instance`. */
export function shortType(type: string): string {
  const [, module = "", name = type] = type.split(":");
  const folder = module.split("/")[0] ?? "";
  return folder === "index" || folder === "" ? name : `${folder} ${name}`;
}

function urnLabel(urn: string): string {
  const [, , types = "", name = urn] = urn.split("::");
  return `${name} (${shortType(types.split("$").at(-1) ?? types)})`;
}

function isComponent(urn: string): boolean {
  return urn.split("::")[2]?.split("$").at(-1)?.startsWith("lor:") === true;
}

/** Truncates the visible text; colour codes have no width. */
function cut(line: string, columns: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes start with the escape character
  const plain = line.replace(/\u001b\[[0-9;]*m/g, "");
  return plain.length <= columns ? line : `${plain.slice(0, Math.max(0, columns - 1))}…`;
}
