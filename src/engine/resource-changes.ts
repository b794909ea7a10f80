import type { EngineEvent as RawEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { coarseNamesOf } from "./coarse-names.ts";
import type { Change, EngineEvent, ResourceChange, ValueChange } from "./port.ts";
import { identityOf } from "./resource-identity.ts";
import { valueChangesOf } from "./value-changes.ts";

/** Maps the engine's operations to ours; operations that are missing here are internal bookkeeping. */
const changeOfOperation: Readonly<Record<string, Change>> = {
  same: "same",
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  read: "read",
  "read-replacement": "read",
  refresh: "read",
  import: "import",
  "import-replacement": "import",
};

export interface ResourceChangesArgs {
  /** Redacts secrets in a text. */
  readonly scrub: (text: string) => string;
  readonly emit: (event: EngineEvent) => void;
  /** Whether the run is a refresh, whose differences are changes. In any other run the refresh step is a mere read. */
  readonly findsDrift: boolean;
}

const participles: Readonly<Record<Change, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  read: "read",
  import: "adopted",
  same: "checked",
};

/** Without `debug`, the SDK's own tracing. */
const severities: Readonly<Record<string, Diagnostic["severity"]>> = {
  info: "info",
  "info#err": "info",
  warning: "warning",
  error: "error",
};

/** Follows one run: turns the engine's event log into our events and collects one change per resource. */
export class ResourceChanges {
  readonly #changes = new Map<string, ResourceChange>();
  readonly #replacementMade = new Set<string>();
  readonly #replacing = new Set<string>();
  /** Resources that are being refreshed. */
  readonly #looking = new Set<string>();
  readonly #scrub: (text: string) => string;
  readonly #emit: (event: EngineEvent) => void;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #failures: FailedResource[] = [];
  readonly #findsDrift: boolean;

  constructor(args: ResourceChangesArgs) {
    this.#scrub = args.scrub;
    this.#emit = args.emit;
    this.#findsDrift = args.findsDrift;
  }

  /** All resources of the run, in the engine's order. */
  get changes(): readonly ResourceChange[] {
    return [...this.#changes.values()];
  }

  /** Resources whose operation failed. */
  get failed(): readonly FailedResource[] {
    return this.#failures;
  }

  /** The engine's messages, scrubbed. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  /** Handles one event of the engine's log. */
  accept(raw: RawEvent): void {
    if (raw.resourcePreEvent) {
      this.#started(raw.resourcePreEvent.metadata);
    } else if (raw.resOutputsEvent) {
      this.#finished(raw.resOutputsEvent.metadata);
    } else if (raw.resOpFailedEvent) {
      this.#failed(raw.resOpFailedEvent.metadata);
    } else if (raw.diagnosticEvent && raw.diagnosticEvent.ephemeral !== true) {
      this.#diagnosed(raw.diagnosticEvent);
    }
  }

  #started(step: StepEventMetadata): void {
    if (step.op === "refresh") {
      this.#looking.add(step.urn);
    } else if (this.#findsDrift) {
      return;
    }
    const change = this.#record(step);
    if (change === undefined || step.op === "replace") {
      return;
    }
    if (change.change === "replace") {
      if (this.#replacing.has(step.urn)) {
        return;
      }
      this.#replacing.add(step.urn);
    }
    this.#emit({ kind: "started", change });
  }

  #finished(step: StepEventMetadata): void {
    if (this.#looking.delete(step.urn)) {
      this.#looked(step);
      return;
    }
    if (this.#findsDrift) {
      // The program's resources are listed once more; nothing is done to them.
      return;
    }
    const change = this.#record(step, this.#valuesOf(step));
    if (change === undefined || step.op === "replace") {
      return;
    }
    if (step.op === "delete-replaced" && change.change === "replace") {
      // Deleted first; the replacement follows.
      return;
    }
    if (step.op === "create-replacement") {
      this.#replacementMade.add(step.urn);
    }
    this.#emit({ kind: "finished", change });
  }

  /** A refresh of one resource has ended. The log's operation is then its result: deleted, different or same. */
  #looked(step: StepEventMetadata): void {
    if (isEngineOwn(step.type)) {
      return;
    }
    const drift = this.#findsDrift ? driftOf(step) : "read";
    const change: ResourceChange = {
      ...resourceOf(step),
      change: drift,
      changedProperties: drift === "update" ? changedPropertiesOf(step) : [],
      replacingProperties: [],
      values: drift === "update" ? this.#valuesOf(step) : [],
    };
    if (this.#findsDrift) {
      this.#changes.set(step.urn, change);
    }
    this.#emit({ kind: "finished", change });
  }

  #failed(step: StepEventMetadata): void {
    this.#looking.delete(step.urn);
    const change = this.#record(step);
    if (change !== undefined) {
      this.#failures.push({ ...resourceOf(step), wasToBe: participles[change.change] });
      this.#emit({ kind: "failed", change, message: this.#reason(step.urn) });
    }
  }

  #reason(urn: string): string {
    const reasons = this.#diagnostics.filter((entry) => entry.urn === urn && entry.severity === "error");
    return reasons.map((entry) => entry.message).join("\n") || "the provider gave no reason";
  }

  #diagnosed(raw: NonNullable<RawEvent["diagnosticEvent"]>): void {
    const severity = severities[raw.severity];
    const message = this.#scrub(withoutColour(raw.message).trim());
    if (severity === undefined || message === "") {
      return;
    }
    const urn = raw.urn === undefined || raw.urn === "" ? undefined : raw.urn;
    this.#diagnostics.push({ severity, urn, message });
    this.#emit({ kind: "diagnostic", severity, urn, message });
  }

  /** Only for a step that has ended: before that the engine does not report which outputs are secret. */
  #valuesOf(step: StepEventMetadata): readonly ValueChange[] {
    return valueChangesOf(step, changedPropertiesOf(step), this.#scrub);
  }

  /** The change of a step, recorded for the result; undefined for the engine's own resources. */
  #record(step: StepEventMetadata, values: readonly ValueChange[] = []): ResourceChange | undefined {
    const change = changeOfOperation[step.op];
    if (change === undefined || isEngineOwn(step.type)) {
      return undefined;
    }
    if (step.op === "refresh") {
      return { ...resourceOf(step), change: "read", changedProperties: [], replacingProperties: [] };
    }
    if (step.op === "delete-replaced" && this.#replacementMade.has(step.urn)) {
      return { ...resourceOf(step), change: "delete", changedProperties: [], replacingProperties: [] };
    }
    const known = this.#changes.get(step.urn);
    const creates = change === "create" || change === "replace";
    const properties =
      change === "update" || change === "replace" || change === "read" ? changedPropertiesOf(step) : [];
    const identity = creates ? identityOf(step.new?.inputs) : undefined;
    const entry: ResourceChange = {
      ...resourceOf(step),
      change,
      changedProperties: properties.length > 0 ? properties : (known?.changedProperties ?? []),
      replacingProperties: replacingPropertiesOf(step, known),
      values: values.length > 0 ? values : (known?.values ?? []),
      ...(identity === undefined ? {} : { identity }),
    };
    this.#changes.set(step.urn, entry);
    return entry;
  }
}

/** A resource whose operation failed. */
export interface FailedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Such as `created`. */
  readonly wasToBe: string;
}

export interface Diagnostic {
  readonly severity: "info" | "warning" | "error";
  readonly urn: string | undefined;
  readonly message: string;
}

function driftOf(step: StepEventMetadata): "same" | "update" | "delete" {
  if (step.op === "delete" || step.new === undefined || step.new === null) {
    return "delete";
  }
  const differs = Object.keys(step.detailedDiff ?? {}).length > 0 || (step.diffs ?? []).length > 0;
  return step.op === "update" || differs ? "update" : "same";
}

function isEngineOwn(type: string): boolean {
  return type === "pulumi:pulumi:Stack" || type.startsWith("pulumi:providers:");
}

function resourceOf(step: StepEventMetadata): Pick<ResourceChange, "urn" | "type" | "name"> {
  return { urn: step.urn, type: step.type, name: nameOfUrn(step.urn) };
}

/** Pulumi name of a resource: everything after the third `::`; a name may itself contain `::`. */
export function nameOfUrn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function changedPropertiesOf(step: StepEventMetadata): string[] {
  const detailed = Object.keys(step.detailedDiff ?? {});
  const coarse = coarseNamesOf(step).filter((name) => !detailed.some((path) => topLevel(path) === name));
  return [...detailed, ...coarse].sort();
}

function replacingPropertiesOf(step: StepEventMetadata, known: ResourceChange | undefined): readonly string[] {
  if (step.op !== "replace" && step.op !== "create-replacement" && step.op !== "delete-replaced") {
    return known?.replacingProperties ?? [];
  }
  const detailed = Object.entries(step.detailedDiff ?? {})
    .filter(([, diff]) => diff.diffKind.endsWith("-replace"))
    .map(([path]) => path);
  const coarse = (step.keys ?? []).filter((name) => !detailed.some((path) => topLevel(path) === name));
  const found = [...detailed, ...coarse].sort();
  return found.length > 0 ? found : (known?.replacingProperties ?? []);
}

function topLevel(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

/** Removes the engine's colour tags such as `<{%reset%}>`. */
function withoutColour(text: string): string {
  return text.replaceAll(/<\{%[^%]*%\}>/g, "");
}
