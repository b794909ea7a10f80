import type { Temporal } from "temporal-polyfill";
import { instancePrice } from "../../domain/billing.ts";
import { timingOf } from "../../domain/calendar/timing.ts";
import { windowAt } from "../../domain/calendar/windows.ts";
import { contractsOf } from "../../domain/season/contracts.ts";
import type { Project } from "../../systems/load-project.ts";
import { requirePriceBook } from "./estimate-cost.ts";
import { instancesOfProject, renderContract, type SeasonCostContract } from "./season-cost.ts";

export interface RushContractsArgs {
  readonly project: Project;
  readonly now: Temporal.Instant;
  /** Name of the event of the rush. Default: the event of the current window. */
  readonly event?: string | undefined;
  /** Id of a price book. Default: the customer's offer. */
  readonly priceBook?: string;
}

/** Contracts for the instances of one rush; undefined when the calendar has no current rush, whose end would be unknown. */
export interface RushContracts {
  readonly currency: string;
  /** Contract of each instance. */
  readonly instances: readonly SeasonCostContract[];
}

export function rushContracts({ project, now, event, priceBook }: RushContractsArgs): RushContracts | undefined {
  const { calendar } = project.settings.normal;
  const window = event === undefined ? windowAt(calendar, now) : timingOf(calendar, event, now)?.window;
  if (window === undefined) return undefined;
  const book = requirePriceBook(project, priceBook);
  const period = { from: window.firstDay, until: window.lastDay.add({ days: 1 }) };
  const contracts = contractsOf(instancesOfProject(project), period, [window], (size) => instancePrice(size, book));
  return {
    currency: book.currency,
    instances: contracts.filter((contract) => contract.window !== undefined).map(renderContract),
  };
}
