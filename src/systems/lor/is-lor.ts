import type { ProfilePair, SharedSettings } from "../contract.ts";
import type { LorSettings } from "./settings.ts";

/** Whether a project's system is Lor, whose settings `planLor` and `fleetOf` accept. */
export function isLor<
  P extends { readonly system: { readonly id: string }; readonly settings: ProfilePair<SharedSettings> },
>(project: P): project is P & { readonly settings: ProfilePair<LorSettings> } {
  return project.system.id === "lor";
}
