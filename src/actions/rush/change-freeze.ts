import type { Temporal } from "temporal-polyfill";
import { tellWaived } from "../../config/policy-issues.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import type { Issue } from "../../core/result.ts";
import { freezeAt } from "../../domain/calendar/freeze.ts";
import { judgePolicies } from "../../domain/policy/judge.ts";
import type { Project } from "../../systems/load-project.ts";

/**
 * Judges a change that somebody asks for now by the policies that only a change concerns: nothing that can wait is changed around an event.
 *
 * @param next the command that does it all the same
 * @returns what a waiver accepts: to be told
 * @throws LorError `change-freeze`
 */
export function refuseInFreeze(
  { settings }: Pick<Project, "settings">,
  now: Temporal.Instant,
  next: string,
): readonly Issue[] {
  const { calendar, waivers } = settings.normal;
  const freeze = freezeAt(calendar, now);
  if (freeze === undefined) return [];
  const { occurrence, firstDay, lastDay } = freeze;
  const { refused, waived } = judgePolicies({
    facts: {
      change: {
        freeze: { event: occurrence.event.name, firstDay: firstDay.toString(), lastDay: lastDay.toString() },
      },
    },
    waivers,
    today: now.toString().slice(0, "YYYY-MM-DD".length),
  });
  const [first] = refused;
  if (first === undefined) return waived.map(tellWaived);
  const { path, what, seen } = first.finding;
  throw new LorError({
    code: "change-freeze",
    message: what,
    exit: ExitCode.refused,
    culprit: "user",
    path,
    seen: String(seen),
    accepted: "a day outside it, --in-freeze for one change that cannot wait, or a waiver (docs/policies.md)",
    next,
  });
}
