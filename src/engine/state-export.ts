import type { StateExport, StateResource } from "./port.ts";
import { nameOfUrn } from "./resource-changes.ts";
import { secretMark, specialKey } from "./special-values.ts";

const secretText = "[secret]";

/** Parses the engine's export. `raw` stays unchanged, with its secrets encrypted. */
export function parseStateExport(raw: unknown): StateExport {
  const deployment = member(raw, "deployment");
  if (deployment === undefined) {
    // The engine always writes it.
    throw new Error("the engine exported a state without the member `deployment`");
  }
  return {
    resources: list(member(deployment, "resources")).map(parseResource),
    pendingOperations: list(member(deployment, "pending_operations")).map((entry) => {
      const resource = member(entry, "resource");
      return {
        kind: text(member(entry, "type")),
        urn: text(member(resource, "urn")),
        type: text(member(resource, "type")),
      };
    }),
    raw,
  };
}

function parseResource(raw: unknown): StateResource {
  const urn = text(member(raw, "urn"));
  const id = member(raw, "id");
  const importId = member(raw, "importID");
  return {
    urn,
    type: text(member(raw, "type")),
    name: nameOfUrn(urn),
    id: typeof id === "string" ? id : undefined,
    ...(typeof importId === "string" && importId !== "" ? { importId } : {}),
    inputs: redactedRecord(member(raw, "inputs")),
    outputs: redactedRecord(member(raw, "outputs")),
    protect: member(raw, "protect") === true,
    ...(member(raw, "pendingReplacement") === true ? { pendingReplacement: true } : {}),
    dependencies: list(member(raw, "dependencies")).map(text),
  };
}

function redactedRecord(value: unknown): Readonly<Record<string, unknown>> {
  const clean = redacted(value);
  return typeof clean === "object" && clean !== null ? (clean as Record<string, unknown>) : {};
}

function redacted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(redacted);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (member(value, specialKey) === secretMark) {
    return secretText;
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, redacted(entry)]));
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
