import { pricePlan } from "../../actions/cost/price-plan.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { ValueChange } from "../../engine/port.ts";
import type { ApprovedSwitch } from "../../rolling/approval.ts";
import type { StepForecast } from "../../rolling/forecast.ts";
import type { Proposal, ProposedChange } from "../../stack/proposal.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import type { Terminal } from "../terminal.ts";
import { renderUnpriced } from "./cost.ts";
import { renderSeconds } from "./duration.ts";
import { shortType } from "./progress.ts";
import { renderHere, renderSource, renderStep } from "./step.ts";
import { renderTable } from "./table.ts";
import { renderValues } from "./value-change.ts";

/** Proposal to approve: resources to create, change, restart, replace and delete; price now and after; duration. */
export function renderProposal(terminal: Terminal, proposal: Proposal): string {
  const parts = [renderChanges(terminal, proposal.changes), renderSteps(terminal, proposal.steps)];
  if (proposal.lost.length > 0) {
    const lost = proposal.lost.map((one) => `  ${one.name} (${shortType(one.type)})`);
    parts.push([terminal.style("red", "Data that will be lost for ever:"), ...lost].join("\n"));
  }
  parts.push(
    renderPrice(proposal.before, proposal.after),
    ...renderPlanUnpriced(terminal, proposal.after),
    `Expected: about ${renderSeconds(proposal.seconds)} on the real cloud.`,
  );
  return parts.filter((part) => part !== "").join("\n");
}

const groups = [
  { kind: "create", title: "Created", sign: "+", colour: "green" },
  { kind: "adopt", title: "Taken in (they exist already)", sign: "=", colour: "green" },
  { kind: "update", title: "Changed in place", sign: "~", colour: "yellow" },
  { kind: "replace", title: "Replaced: deleted and made again", sign: "±", colour: "red" },
  { kind: "delete", title: "Deleted", sign: "-", colour: "red" },
] as const;

/** Creations are counted by type; changes of existing resources are listed one by one, with reason and values. */
export function renderChanges(terminal: Terminal, changes: readonly ProposedChange[]): string {
  return groups
    .flatMap(({ kind, title, sign, colour }) => {
      const members = changes.filter((change) => change.kind === kind);
      if (members.length === 0) return [];
      const mark = (line: string) => `  ${terminal.style(colour, sign)} ${line}`;
      const lines =
        kind === "create" || kind === "delete"
          ? countByType(members).map(mark)
          : members.flatMap((member) => [mark(nameWithReason(member)), ...member.values.map(renderValueLine)]);
      return [`${title}: ${members.length}`, ...lines];
    })
    .join("\n");
}

/** Steps of a switch with the fronts that serve meanwhile. */
export function renderSteps(terminal: Terminal, steps: readonly StepForecast[]): string {
  if (steps.length === 0) return "";
  const here = steps.some((one) => one.here !== undefined);
  return renderTable(
    terminal,
    ["step", "", "about", "", "serving meanwhile", "after", ...(here ? ["took here"] : [])],
    steps.map((forecast, index) => [
      String(index + 1),
      renderStep(forecast.step),
      renderSeconds(forecast.seconds),
      renderSource(forecast),
      String(forecast.servingDuring),
      String(forecast.servingAfter),
      ...(here ? [renderHere(forecast)] : []),
    ]),
    [0, 2, 4, 5],
  );
}

function renderPrice(before: SystemPlan | undefined, after: SystemPlan | undefined): string {
  const now = before === undefined ? "nothing" : describePrice(before);
  const then = after === undefined ? "nothing" : describePrice(after);
  return now === then
    ? `Price a month: ${now}, before and after`
    : `Price a month: now ${now}\n             after ${then}`;
}

/** `340.6725 EUR, and what has no known price` */
export function describePrice(plan: SystemPlan): string {
  const { known, unknown, currency } = pricePlan(plan);
  const sum = known === undefined ? "unknown" : `${known.amount} ${currency}`;
  return unknown.length === 0 || known === undefined ? sum : `${sum}, and what has no known price`;
}

/** Charges of a Plan without a known price, on a line of their own; empty when there are none. */
export function renderPlanUnpriced(terminal: Terminal, plan: SystemPlan | undefined): readonly string[] {
  const unknown = plan === undefined ? [] : pricePlan(plan).unknown;
  return unknown.length === 0 ? [] : [renderUnpriced(terminal, unknown)];
}

function countByType(changes: readonly ProposedChange[]): readonly string[] {
  const names = new Map<string, string[]>();
  for (const { type, name } of changes) names.set(type, [...(names.get(type) ?? []), name]);
  return [...names].map(([type, all]) => `${shortType(type)}: ${all.join(", ")}`);
}

function nameWithReason({ name, type, because, restarts, holdsData, serves }: ProposedChange): string {
  const remarks = [
    because.length > 0 ? `because of ${because.join(", ")}` : "",
    restarts ? "THE MACHINE RESTARTS" : "",
    holdsData ? "holds data" : "",
    serves ? "serves requests" : "",
  ].filter((text) => text !== "");
  return `${name} (${shortType(type)})${remarks.length > 0 ? `: ${remarks.join("; ")}` : ""}`;
}

function renderValueLine(change: ValueChange): string {
  const [before, after] = renderValues(change);
  return `      ${change.path}: ${before} → ${after}`;
}

/** Details of the approved plan by step: the engine's changes and the API calls around them. */
export function renderApproved({ steps, settings, state }: ApprovedSwitch): string {
  const lines = steps.flatMap(({ step, changes, calls }, index) => [
    `${index + 1}. ${renderStep(step)}`,
    ...changes.map((change) => `     engine: ${change}`),
    ...calls.map((call) => `     ${call}`),
  ]);
  return [...lines, `Settings ${settings.slice(0, 12)}, state ${fingerprint(state).slice(0, 12)}.`].join("\n");
}
