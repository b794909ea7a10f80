/** Public surface of lor-infra as a library: settings, Plan, what is derived from it, components, actions. */

export { type CalendarReport, listWindows } from "./actions/calendar/list-windows.ts";
export { type CheckReport, checkSettings } from "./actions/check/check-settings.ts";
export { type ComparisonReport, compareSettings } from "./actions/cost/compare-settings.ts";
export { type CostReport, estimateCost } from "./actions/cost/estimate-cost.ts";
export { costSeason, type SeasonCostReport } from "./actions/cost/season-cost.ts";
export { type RpoReport, stateRpo } from "./actions/rpo/assess-rpo.ts";
export { loadProject, type Project } from "./config/project.ts";
export { type Culprit, ExitCode, LorError } from "./core/errors.ts";
export type { Issue, Result } from "./core/result.ts";
export { type Freeze, freezeAt } from "./domain/calendar/freeze.ts";
export type { Calendar, EventRule, Occurrence } from "./domain/calendar/model.ts";
export { planSeason, type RushWindow, type Season, windowAt } from "./domain/calendar/windows.ts";
export type { Charge, PlanItem } from "./domain/plan-item.ts";
export type { Profile } from "./domain/profile.ts";
export type { Fleet, FleetFront } from "./rolling/fleet.ts";
export { fleetOf, planLor } from "./systems/lor/plan.ts";
export { planItems } from "./systems/lor/plan-items.ts";
export type { LorPlan } from "./systems/lor/plan-model.ts";
