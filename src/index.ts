/** Public surface of lor-infra as a library: settings, Plan, what is derived from it, components, actions. */

export { type CheckReport, checkSettings } from "./actions/check-settings.ts";
export { type ComparisonReport, compareSettings } from "./actions/compare-settings.ts";
export { type CostReport, estimateCost } from "./actions/estimate-cost.ts";
export { type CalendarReport, listWindows } from "./actions/list-windows.ts";
export { costSeason, type SeasonCostReport } from "./actions/season-cost.ts";
export { type RpoReport, stateRpo } from "./actions/state-rpo.ts";
export { loadProject, type Project } from "./config/project.ts";
export { type Culprit, ExitCode, LorError } from "./core/errors.ts";
export type { Issue, Result } from "./core/result.ts";
export { type Freeze, freezeAt } from "./domain/calendar/freeze.ts";
export type { Calendar, EventRule, Occurrence } from "./domain/calendar/model.ts";
export { planSeason, type RushWindow, type Season, windowAt } from "./domain/calendar/windows.ts";
export type { Fleet, FleetFront, Profile } from "./domain/fleet.ts";
export type { Charge, PlanItem } from "./domain/plan-item.ts";
export { fleetOf, planLor } from "./systems/lor/plan.ts";
export { planItems } from "./systems/lor/plan-items.ts";
export type { LorPlan } from "./systems/lor/plan-model.ts";
