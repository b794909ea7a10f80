import { requireCloud } from "../clouds/registry.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import type { ResourceChange } from "../engine/port.ts";
import type { Project } from "../systems/load-project.ts";
import type { StackContext } from "./stack-context.ts";

/** A size that changes and that the cloud can only enlarge. */
export interface DiskChange {
  /** Pulumi name and type token of the resource. */
  readonly name: string;
  readonly type: string;
  /** Setting of the size, such as `mysql.disk`; the resource's input when there is no setting. */
  readonly setting: string;
  readonly before: number;
  readonly after: number;
  readonly unit: string;
}

/** In-place changes of sizes that can only grow, in either direction. A replacement starts with a new disk. */
export function diskChanges(
  { system }: Pick<Project, "system">,
  changes: readonly Pick<ResourceChange, "type" | "name" | "change" | "values">[],
): readonly DiskChange[] {
  const growing = requireCloud(system.cloud).growsOnly ?? [];
  return changes
    .filter(({ change }) => change === "update")
    .flatMap(({ type, name, values = [] }) =>
      growing
        .filter((one) => one.type === type)
        .flatMap(({ input, unit }) =>
          values.flatMap(({ path, before, after }) =>
            path === input && typeof before === "number" && typeof after === "number" && before !== after
              ? [{ name, type, setting: system.settingOf({ type, name }, input) ?? input, before, after, unit }]
              : [],
          ),
        ),
    );
}

/** Warns of every disk that grows, because it cannot shrink again. */
export function warnOfGrowth({ emit }: Pick<StackContext, "emit">, changes: readonly DiskChange[]): void {
  for (const { setting, name, before, after, unit } of changes.filter((one) => one.after > one.before)) {
    const message = `${setting}: the disk of ${name} grows from ${before} to ${after} ${unit} and cannot shrink again`;
    emit({ kind: "warning", code: "disk-never-shrinks", message });
  }
}

/** @throws LorError `disk-cannot-shrink` for the first disk that would shrink */
export function requireNoShrinking(changes: readonly DiskChange[]): void {
  const refusal = shrinkRefusal(changes);
  if (refusal !== undefined) throw refusal;
}

/** The refusal of the first disk that would shrink; undefined when none would. */
export function shrinkRefusal(changes: readonly DiskChange[]): LorError | undefined {
  const shrinking = changes.find(({ before, after }) => after < before);
  if (shrinking === undefined) return undefined;
  const { setting, name, before, after, unit } = shrinking;
  return new LorError({
    code: "disk-cannot-shrink",
    message: `the disk of ${name} has ${before} ${unit} and cannot shrink to ${after} ${unit}: the cloud only enlarges it`,
    exit: ExitCode.refused,
    culprit: "user",
    path: setting,
    seen: `${after} ${unit}`,
    accepted: `${before} ${unit} or more`,
    next: `undo the change of ${setting}, then lor-infra preview`,
  });
}
