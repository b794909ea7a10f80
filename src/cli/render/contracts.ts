import type { RushContracts } from "../../actions/cost/rush-contracts.ts";
import type { SeasonCostContract, SeasonCostReport } from "../../actions/cost/season-cost.ts";
import type { Terminal } from "../terminal.ts";
import { renderAmount } from "./amount.ts";
import { renderSentences, renderTable } from "./table.ts";

/** The cheaper contract of each instance in a year, with its reason and terms. */
export function renderContracts(
  terminal: Terminal,
  { contracts, resized, planTerms, prices }: SeasonCostReport,
): string {
  const groups = groupEqual(contracts, ({ instance: _, when, ...figures }) => ({ ...figures, time: timeOf(when) }));
  const books = [...new Set(contracts.map(({ priceBook }) => priceBook))];
  const dim = (line: string) => renderSentences(terminal, [[terminal.style("dim", line)]]);
  return [
    `${terminal.style("bold", "By the hour or by monthly plan")}, ${prices.currency} for each instance, price book ${books.join(", ")}`,
    renderTable(
      terminal,
      ["instance", "size", "when", "hours", "by the hour", "by plan", "months", "cheaper", "plan from (hours)"],
      groups.map(({ names, one }) => [
        names.join(", "),
        one.size,
        one.window === null ? timeOf(one.when) : `rush ${one.window.rushFrom} to ${one.window.rushTo}`,
        String(one.hours),
        renderAmount(one.hourly),
        renderAmount(one.monthlyPlan),
        String(one.months),
        describeContract(one.cheaper),
        one.breakEvenHours === null ? "" : String(one.breakEvenHours),
      ]),
      [3, 4, 5, 6, 8],
    ),
    ...groups.map(({ names, one }) => {
      const when = one.window === null ? timeOf(one.when) : `rush from ${one.window.rushFrom}`;
      return dim(`${names.join(", ")}, ${when}: ${one.why}`);
    }),
    ...groupEqual(resized, ({ instance: _, ...figures }) => figures).map(
      ({ names, one }) =>
        `Over the year, ${names.join(", ")} with one contract for both sizes: ${renderAmount(one.hourly)} by the hour, at most ${renderAmount(one.monthlyPlan)} by plan; cheaper ${describeContract(one.cheaper)}.`,
    ),
    ...planTerms.map(dim),
  ].join("\n");
}

/** The same for one rush, one line per size: `ps-2 as b2-15 until 2027-02-15: …`. */
export function renderRushContracts({ instances, currency }: RushContracts): string {
  return groupEqual(instances, ({ instance: _, when: __, ...figures }) => figures)
    .map(({ names, one }) => {
      const figures =
        one.monthlyPlan === null
          ? `${renderAmount(one.hourly)} ${currency} each by the hour`
          : `${renderAmount(one.hourly)} ${currency} each by the hour, ${renderAmount(one.monthlyPlan)} by monthly plan, which stays until the instance is deleted; cheaper ${describeContract(one.cheaper)}`;
      return `${names.join(", ")} as ${one.size} until ${one.window?.rushTo ?? "the end"}: ${figures}`;
    })
    .join("\n");
}

const times = { lasting: "all the time", "outside-rush": "outside the rush", rush: "rush", extra: "rush" } as const;

function timeOf(when: SeasonCostContract["when"]): string {
  return times[when];
}

function describeContract(contract: SeasonCostContract["cheaper"]): string {
  if (contract === null) return "unknown";
  return contract === "hourly" ? "by the hour" : "monthly plan";
}

/** Combines instances that differ in their name only. */
function groupEqual<T extends { readonly instance: string }>(
  all: readonly T[],
  figuresOf: (one: T) => unknown,
): readonly { readonly names: readonly string[]; readonly one: T }[] {
  const groups = new Map<string, { names: string[]; one: T }>();
  for (const one of all) {
    const key = JSON.stringify(figuresOf(one));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { names: [one.instance], one });
    else group.names.push(one.instance);
  }
  return [...groups.values()];
}
