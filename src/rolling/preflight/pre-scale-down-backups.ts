import type { ReturnTask } from "../scale-down-hooks.ts";
import type { PreflightCheck } from "./preflight-check.ts";

/** Backups before a scale-down. An empty list is a warning, because the rush is when a shop makes the year's orders. */
export function preScaleDownBackupCheck(tasks: readonly ReturnTask[]): PreflightCheck {
  const checkName = "scale-down backups";
  if (tasks.length === 0) {
    return {
      name: checkName,
      outcome: "warning",
      code: "no-backup-before-scale-down",
      reason:
        "no dump and no export is made before the fronts become small: the settings name none (hooks.beforeScaleDown.tasks)",
      next: "docs/switching.md, section Before the way back",
    };
  }
  return {
    name: checkName,
    outcome: "ok",
    reason: `${tasks.map(({ name, object }) => `${name} (${object})`).join(", ")}: once you have approved, before any front is touched`,
  };
}
