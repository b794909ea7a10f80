import { type RushContracts, rushContracts } from "../../actions/cost/rush-contracts.ts";
import type { SeasonChoice } from "../../actions/rush/switch-preflight.ts";
import { planSwitch, switchProfile } from "../../actions/rush/switch-profile.ts";
import { requireEvent } from "../../actions/season/require-event.ts";
import { reviewOfSeason } from "../../actions/season/review-season.ts";
import { ExitCode, LorError, messageOf } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import { instantNow } from "../../os/instant.ts";
import { type ApprovedSwitch, planId } from "../../rolling/approval.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { readPlanFile, writePlanFile } from "../../state/plan-file.ts";
import { loadSettings } from "../load-settings.ts";
import type { SwitchOptions } from "../options.ts";
import { renderRushContracts } from "../render/contracts.ts";
import { describePrice, renderApproved, renderProposal } from "../render/proposal.ts";
import { renderReadiness } from "../render/readiness.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";
import type { ReviewFiles } from "../write-review.ts";

export async function rush(terminal: Terminal, options: SwitchOptions): Promise<ExitCode> {
  const { event, moment: now = instantNow() } = options;
  // Without an event the contracts are shown first, even if policies refuse the switch afterwards.
  const project = loadSettings(options, event === undefined ? "tell" : "refuse");
  if (event !== undefined) requireEvent(project, event, now);
  const contracts = rushContracts({ project, now, event });
  if (contracts !== undefined) terminal.line(renderRushContracts(contracts));
  return await switchOrPlan("rush", terminal, options, { contracts: contracts ?? null });
}

export async function normal(terminal: Terminal, options: SwitchOptions): Promise<ExitCode> {
  return await switchOrPlan("normal", terminal, options, {});
}

/** @param told facts already shown, which the document contains too */
async function switchOrPlan(
  target: Profile,
  terminal: Terminal,
  options: SwitchOptions,
  told: { readonly contracts?: RushContracts | null },
): Promise<ExitCode> {
  const { plan } = options;
  const approved = plan === undefined ? undefined : readPlanFile(plan);
  if (plan !== undefined && approved === undefined) return await makePlan(target, terminal, { ...options, plan }, told);
  if (approved !== undefined && approved.target !== target) throw otherTarget(plan ?? "", approved, target);
  return await switchTo(target, terminal, options, approved, told);
}

async function makePlan(
  target: Profile,
  terminal: Terminal,
  options: SwitchOptions & { readonly plan: string },
  told: object,
): Promise<ExitCode> {
  const { approved, proposal, checks } = await withStack(terminal, options, target, ({ context }) =>
    planSwitch(context, target, seasonOf(options)),
  );
  terminal.line(renderProposal(terminal, proposal));
  terminal.line(renderApproved(approved));
  writePlanFile(options.plan, approved);
  terminal.line(
    `Plan ${planId(approved)} is in ${options.plan}; nothing was changed.\nNext: lor-infra ${target} --plan ${options.plan} applies it, and refuses if anything changes before.`,
  );
  terminal.document({ version: 1, ok: true, plan: options.plan, id: planId(approved), approved, checks, ...told });
  return ExitCode.done;
}

async function switchTo(
  target: Profile,
  terminal: Terminal,
  options: SwitchOptions,
  approved: ApprovedSwitch | undefined,
  told: object,
): Promise<ExitCode> {
  const { result, review } = await withStack(terminal, options, target, async ({ context, confirm }) => {
    const done = await switchProfile(context, {
      target,
      confirm,
      onFailure: options.onFailure ?? "stop",
      season: seasonOf(options),
      ...(approved === undefined ? {} : { approved }),
    });
    return { result: done, review: done.steps.length > 0 ? await reviewAfter(terminal, context, target) : undefined };
  });
  const { steps, checks, before, after, fleet, seconds } = result;
  terminal.line(renderReadiness(terminal, result));
  if (steps.length > 0) {
    terminal.line(`Price a month: before ${describePrice(before)}\n                  now ${describePrice(after)}`);
  }
  if (review !== undefined)
    terminal.line(`Review of the season: ${review.html}\n                      ${review.markdown}`);
  terminal.line(
    target === "rush" ? "Next: lor-infra status; after the event, lor-infra normal" : "Next: lor-infra status",
  );
  const fronts = fleet.fronts.map(({ name, size, pool, healthy }) => ({ name, size, pool, healthy }));
  terminal.document({
    version: 1,
    ok: true,
    cloud: options.cloud,
    stack: options.stack,
    profile: target,
    tasks: result.tasks,
    checks,
    ...told,
    steps: steps.map(({ step, seconds: took, expected }) => ({
      step,
      seconds: took,
      expectedSeconds: expected?.seconds ?? null,
      /** Number of past steps of which the expected time is the median; null: an estimate. */
      learnedFrom: expected?.learned?.samples ?? null,
    })),
    fronts,
    seconds,
    ...(target === "normal" ? { review: review ?? null } : {}),
  });
  return ExitCode.done;
}

function seasonOf({ event, early = false, late = false, busy = false, moment }: SwitchOptions): SeasonChoice {
  return {
    early,
    late,
    busy,
    ...(event === undefined ? {} : { event }),
    ...(moment === undefined ? {} : { at: moment }),
  };
}

/** The scale-down has succeeded even if its review fails: it can be generated again. */
async function reviewAfter(
  terminal: Terminal,
  context: StackContext,
  target: Profile,
): Promise<ReviewFiles | undefined> {
  if (target === "rush") return undefined;
  try {
    const { writeReview } = await import("../write-review.ts");
    return await writeReview(await reviewOfSeason(context), context.folder.reviews);
  } catch (error) {
    const reason = messageOf(error);
    terminal.warn(`! the review of the season was not written: ${reason}; lor-infra season --review tries again`);
    return undefined;
  }
}

function otherTarget(path: string, approved: ApprovedSwitch, target: Profile): LorError {
  return new LorError({
    code: "plan-of-another-switch",
    message: `this plan leads to ${approved.target}, not to ${target}; nothing was changed`,
    exit: ExitCode.usage,
    culprit: "user",
    path: "--plan",
    seen: path,
    accepted: `a plan of lor-infra ${target}`,
    next: `lor-infra ${approved.target} --plan ${path}`,
  });
}
