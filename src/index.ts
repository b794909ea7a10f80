/** Public surface of lor-infra as a library: settings, Plan, results derived from it, and one function for each command that works on a project. */

export { type CalendarReport, type ListWindowsArgs, listWindows } from "./actions/calendar/list-windows.ts";
export {
  type CheckReport,
  type CheckResult,
  type CheckSettingsArgs,
  checkSettings,
} from "./actions/check/check-settings.ts";
export { type CompareSettingsArgs, type ComparisonReport, compareSettings } from "./actions/cost/compare-settings.ts";
export { type CostReport, type EstimateCostArgs, estimateCost } from "./actions/cost/estimate-cost.ts";
export { costSeason, type SeasonCostArgs, type SeasonCostReport } from "./actions/cost/season-cost.ts";
export { type DestroyInput, type DestroyResult, destroy } from "./actions/destroy/destroy.ts";
export { type ExamineArgs, examine, type SetupCheck } from "./actions/doctor/examine-setup.ts";
export { type ImportInput, type ImportResult, importStack } from "./actions/import/import-stack.ts";
export { type InitProjectArgs, type InitProjectResult, initProject } from "./actions/init/init-project.ts";
export { type PreviewInput, type PreviewResult, preview } from "./actions/preview/preview.ts";
export { type PreviewReport, type PreviewReportInput, reportPreview } from "./actions/preview/preview-report.ts";
export { type RecoverInput, type RecoverResult, recover } from "./actions/recover/recover.ts";
export { assessRpo, type RpoReport } from "./actions/rpo/assess-rpo.ts";
export { type SwitchInput, type SwitchResult, switchProfile } from "./actions/rush/switch-profile.ts";
export { type ReviewDays, reviewOfSeason, type SeasonReview } from "./actions/season/review-season.ts";
export { type SeasonReport, season } from "./actions/season/season.ts";
export { backUpState } from "./actions/state/back-up-state.ts";
export { listState, type StateListing } from "./actions/state/list-state.ts";
export {
  type RestoreInput,
  type RestoreProposal,
  type RestoreResult,
  restoreState,
} from "./actions/state/restore-state.ts";
export { type StatusResult, status } from "./actions/status/status.ts";
export { type UpInput, type UpResult, up } from "./actions/up/up.ts";
export type { ErrorCode } from "./core/error-codes.ts";
export { type Culprit, ExitCode, LorError, type LorErrorDetails } from "./core/errors.ts";
export type { Issue, Result } from "./core/result.ts";
export { type Freeze, freezeAt } from "./domain/calendar/freeze.ts";
export type { Calendar, EventRule, Occurrence } from "./domain/calendar/model.ts";
export { planSeason, type RushWindow, type Season, windowAt } from "./domain/calendar/windows.ts";
export type { Charge, PlanItem } from "./domain/plan-item.ts";
export type { Profile } from "./domain/profile.ts";
export type { Fleet, Member } from "./rolling/fleet.ts";
export type { ActionEvent, Emit } from "./stack/action-event.ts";
export type { ContextOptions, OpenedContext } from "./stack/assemble-context.ts";
export { type OpenContextArgs, openContext } from "./stack/open-context.ts";
export type { Confirm, Proposal } from "./stack/proposal.ts";
export type { StackContext } from "./stack/stack-context.ts";
export type { PlanArgs, ProfilePair, SharedSettings, SystemDefinition, SystemPlan } from "./systems/contract.ts";
export { type LoadOptions, loadProject, type Project } from "./systems/load-project.ts";
export { isLor } from "./systems/lor/is-lor.ts";
export { fleetOf, type LorPlanArgs, planLor } from "./systems/lor/plan.ts";
export { planItems } from "./systems/lor/plan-items.ts";
export type { LorPlan } from "./systems/lor/plan-model.ts";
export type { LorSettings } from "./systems/lor/settings.ts";
