import type { Temporal } from "temporal-polyfill";
import { wantedAt } from "../../domain/calendar/wanted.ts";
import type { RushWindow } from "../../domain/calendar/windows.ts";
import type { Profile } from "../../domain/profile.ts";
import { serves } from "../../rolling/serving.ts";
import { pathTo } from "../../rolling/step-fleet.ts";
import { observeFleet } from "../../stack/observe-fleet.ts";
import { readRecorded } from "../../stack/recorded-state.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { goalOf, requireCreated } from "../rush/switch-profile.ts";

/** Days are `YYYY-MM-DD` in the settings' time zone, `to` is inclusive. */
export interface SeasonReport {
  readonly version: 1;
  readonly stack: string;
  /** Profile that the calendar plans for the given time. */
  readonly wanted: Profile;
  /** Recorded profile; null between two profiles. */
  readonly live: Profile | null;
  /** The planned profile is live: it is recorded, and the fleet in the cloud needs no step to reach it. */
  readonly agrees: boolean;
  readonly serving: number;
  readonly window: SeasonWindow | null;
  readonly next: SeasonWindow | null;
  /** Last day of the change freeze in force. */
  readonly frozenTo: string | null;
}

interface SeasonWindow {
  readonly events: readonly string[];
  readonly rushFrom: string;
  readonly rushTo: string;
}

/** Compares the planned profile with the live one. Reads the cloud, changes nothing. @throws LorError `not-created` */
export async function season(context: StackContext, moment: Temporal.Instant): Promise<SeasonReport> {
  const wanted = wantedAt(context.project.settings.normal.calendar, moment);
  const recorded = await readRecorded(context);
  const fleet = await observeFleet(context, requireCreated(context, recorded));
  const path = pathTo(fleet, goalOf(context, wanted.profile));
  return {
    version: 1,
    stack: context.project.stack,
    wanted: wanted.profile,
    live: recorded.profile ?? null,
    agrees: recorded.profile === wanted.profile && path.steps.length === 0 && path.stop === undefined,
    serving: fleet.fronts.filter(serves).length,
    window: windowOf(wanted.window),
    next: windowOf(wanted.next),
    frozenTo: wanted.freeze?.lastDay.toString() ?? null,
  };
}

function windowOf(window: RushWindow | undefined): SeasonWindow | null {
  if (window === undefined) return null;
  return {
    events: window.occurrences.map(({ event }) => event.name),
    rushFrom: window.firstDay.toString(),
    rushTo: window.lastDay.toString(),
  };
}
