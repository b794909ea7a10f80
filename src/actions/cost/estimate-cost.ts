import { findInstance, ovhcloudOffer } from "../../clouds/ovh/offers.ts";
import type { Project } from "../../config/project.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { type CostLine, type CostSum, estimateItems } from "../../domain/cost.ts";
import type { PlanItem } from "../../domain/plan-item.ts";
import { findPriceBook, type PriceBook, priceBooks } from "../../domain/price-book.ts";
import type { Profile } from "../../domain/profile.ts";
import { fleetOf, planLor } from "../../systems/lor/plan.ts";
import { planItems } from "../../systems/lor/plan-items.ts";

export interface EstimateCostArgs {
  readonly project: Project;
  readonly profile: Profile;
  /** Another size for all fronts, to compare. Default: the profile's. */
  readonly frontsFlavor?: string;
  /** Id of a price book, such as `offer-2025`. */
  readonly priceBook: string;
}

/** Amounts are decimal texts with all their digits; null is unknown, never zero. */
export interface CostReport {
  readonly version: 1;
  readonly profile: Profile;
  readonly priceBook: Pick<PriceBook, "id" | "date" | "source" | "region">;
  readonly total: CostReportSum;
  readonly lines: readonly CostReportLine[];
  readonly outsideOffer: readonly CostReportLine[];
  readonly outsideOfferTotal: CostReportSum;
  /** Resources that cost nothing by themselves. */
  readonly free: { readonly count: number; readonly items: readonly CostReportItem[] };
}

export interface CostReportSum {
  /** Sum of the lines whose price is known; null when no line has one. */
  readonly amount: string | null;
  readonly currency: string;
  readonly tax: "excluded" | "included";
  readonly period: "month";
  /** Lines without a price, which the amount lacks. */
  readonly unknownLines: number;
}

export interface CostReportLine {
  readonly label: string;
  /** Id of the price book that the price is from: what an offer leaves out is priced from another one. */
  readonly priceBook: string;
  readonly quantity: number;
  readonly unit: CostLine["unit"];
  readonly unitPrice: string | null;
  readonly hourPrice: string | null;
  /** Another contract for the same thing, by the month; not counted. */
  readonly monthlyPlan: string | null;
  readonly amount: string | null;
  readonly note: string | null;
  readonly items: readonly CostReportItem[];
}

interface CostReportItem {
  readonly type: string;
  readonly name: string;
}

/** What a profile costs by the month. Throws `price-book-unknown` and `flavor-unknown`. */
export function estimateCost({ project, profile, frontsFlavor, priceBook }: EstimateCostArgs): CostReport {
  const book = requirePriceBook(priceBook);
  const asked = fleetOf(project.settings[profile]);
  const size = requireSize(frontsFlavor);
  const fleet = size === undefined ? asked : { ...asked, fronts: asked.fronts.map((front) => ({ ...front, size })) };
  const plan = planLor({ project: project.name, stack: project.stack, settings: project.settings, fleet });
  const estimate = estimateItems(planItems(plan), book);
  return {
    version: 1,
    profile,
    priceBook: { id: book.id, date: book.date, source: book.source, region: book.region },
    total: renderSum(estimate.total, book),
    lines: estimate.lines.map(renderLine),
    outsideOffer: estimate.outsideOffer.map(renderLine),
    outsideOfferTotal: renderSum(estimate.outsideOfferTotal, book),
    free: { count: estimate.free.length, items: estimate.free.map(renderItem) },
  };
}

/** @throws LorError `price-book-unknown` */
export function requirePriceBook(id: string): PriceBook {
  const book = findPriceBook(id);
  if (book !== undefined) return book;
  throw new LorError({
    code: "price-book-unknown",
    message: "there is no such price book",
    exit: ExitCode.usage,
    culprit: "user",
    path: "--price-book",
    seen: id,
    accepted: priceBooks.map((candidate) => candidate.id).join(", "),
  });
}

function requireSize(size: string | undefined): string | undefined {
  if (size === undefined || findInstance(size) !== undefined) return size;
  throw new LorError({
    code: "flavor-unknown",
    message: "no such size is sold",
    exit: ExitCode.usage,
    culprit: "user",
    path: "--fronts-flavor",
    seen: size,
    accepted: ovhcloudOffer.instances.map((offer) => offer.size).join(", "),
  });
}

function renderSum({ known, unknownLines }: CostSum, { currency, tax }: PriceBook): CostReportSum {
  return { amount: known?.amount ?? null, currency, tax, period: "month", unknownLines };
}

function renderLine(line: CostLine): CostReportLine {
  return {
    label: line.key,
    priceBook: line.priceBook,
    quantity: line.quantity,
    unit: line.unit,
    unitPrice: line.unitPrice?.amount ?? null,
    hourPrice: line.hourPrice?.amount ?? null,
    monthlyPlan: line.monthlyPlan?.amount ?? null,
    amount: line.amount?.amount ?? null,
    note: line.note ?? null,
    items: line.items.map(renderItem),
  };
}

function renderItem({ type, name }: PlanItem): CostReportItem {
  return { type, name };
}
