import type { Profile } from "../domain/profile.ts";
import type { StateExport, StateResource } from "../engine/port.ts";
import { parseStateExport } from "../engine/state-export.ts";
import { isCloudType } from "../rolling/expected-change.ts";
import type { Fleet } from "../rolling/fleet.ts";
import { requireReadable } from "../state/state-copies.ts";
import type { Project } from "../systems/load-project.ts";
import type { StackContext } from "./stack-context.ts";

/** The recorded state of a stack, as far as actions depend on it. */
export interface RecordedState {
  /** Resources that exist in the cloud, without components, providers and the stack itself. */
  readonly resources: readonly StateResource[];
  /** Whether anything is recorded that exists in the engine alone: components, providers, the stack itself. */
  readonly hasBookkeeping: boolean;
  readonly pendingOperations: StateExport["pendingOperations"];
  readonly raw: unknown;
  /** Fleet of the last complete run; undefined before the first. */
  readonly fleet: Fleet | undefined;
  /** Profile of that run; undefined between two profiles. */
  readonly profile: Profile | undefined;
  readonly cloud: string | undefined;
  /** Names of the fronts with at least one recorded resource, even if only a port. */
  readonly fronts: readonly string[];
  /** The stack's outputs, secrets redacted. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Reads the backend's file, or exports from the engine for a new stack. @throws LorError `state-unreadable` */
export async function readRecorded({ engine, project, state }: StackContext): Promise<RecordedState> {
  const checkpoint = await requireReadable(state);
  return recordedOf(
    project,
    checkpoint.kind === "none" ? await engine.exportState() : parseStateExport(checkpoint.form),
  );
}

function recordedOf(project: Project, state: StateExport): RecordedState {
  const outputs = state.resources.find((one) => one.type === "pulumi:pulumi:Stack")?.outputs ?? {};
  const resources = state.resources.filter((one) => isCloudType(one.type));
  return {
    resources,
    hasBookkeeping: resources.length < state.resources.length,
    pendingOperations: state.pendingOperations,
    raw: state.raw,
    fleet: parseFleet(outputs.fleet),
    profile: parseProfile(outputs.profile),
    fronts: memberNames(project, resources),
    cloud: typeof outputs.cloud === "string" ? outputs.cloud : undefined,
    outputs,
  };
}

/** Names of the members whose parts are in a list: `ps-2-data` is a part of `ps-2`. */
export function memberNames(
  { system }: Pick<Project, "system">,
  parts: readonly { readonly name: string }[],
): readonly string[] {
  const names = parts.map((one) => system.capabilities.rolling?.memberOf(one.name));
  return [...new Set(names.filter((name) => name !== undefined))];
}

function parseProfile(value: unknown): Profile | undefined {
  return value === "normal" || value === "rush" ? value : undefined;
}

function parseFleet(value: unknown): Fleet | undefined {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  const { loadBalancerBandwidth, fronts } = value as Partial<Record<keyof Fleet, unknown>>;
  if (typeof loadBalancerBandwidth !== "number" || !Array.isArray(fronts)) {
    return undefined;
  }
  const read = fronts.flatMap((front: unknown) => {
    const { name, size } = (front ?? {}) as { readonly name?: unknown; readonly size?: unknown };
    return typeof name === "string" && typeof size === "string" ? [{ name, size }] : [];
  });
  return { loadBalancerBandwidth, fronts: read };
}
