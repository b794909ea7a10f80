import { expect, it } from "vitest";
import { durations as estimates } from "../../../src/clouds/ovh/durations.ts";
import { forecastSwitch } from "../../../src/rolling/forecast.ts";
import type { LiveFleet } from "../../../src/rolling/model.ts";
import { frontsServeChecks } from "../../../src/rolling/preflight/fronts-serve.ts";
import { pathTo } from "../../../src/rolling/step-fleet.ts";
import { front, liveFleet, normalLive, rushGoal } from "../fleets.ts";

function answersFor(live: LiveFleet) {
  const { steps, stop } = pathTo(live, rushGoal);
  return frontsServeChecks({
    live,
    goal: rushGoal,
    stop,
    steps: forecastSwitch(live, steps, { durations: new Map(), real: true, estimates }),
  });
}

it("every front is named with its health, and the fewest that serve at any moment", () => {
  expect(answersFor(normalLive)).toEqual([
    { name: "fronts now", outcome: "ok", reason: "ps-0 b2-7 healthy, ps-1 b2-7 healthy" },
    {
      name: "capacity",
      outcome: "ok",
      reason: "at least 2 healthy fronts serve at each moment (minimum 2), 3 at the end",
    },
  ]);
});

it("a front that is ill refuses, with the command that builds it anew", () => {
  const ill = liveFleet([front("ps-0", "b2-7"), front("ps-1", "b2-7", { healthy: false })]);
  expect(answersFor(ill)).toEqual([
    expect.objectContaining({
      outcome: "refused",
      code: "fronts-not-ready",
      reason: "ps-1 (b2-7) does not pass its health check",
      seen: "ps-0 b2-7 healthy, ps-1 b2-7 NOT HEALTHY",
      next: "lor-infra recover --replace ps-1",
    }),
  ]);
});

it("a cause outside of the fronts is named, with its own command", () => {
  const live = liveFleet([front("ps-0", "b2-7"), front("ps-1", "b2-7", { healthy: false })]);
  const { steps, stop } = pathTo(live, rushGoal);
  const cause = { reason: "the local cloud could not bind 127.10.1.11:8080", next: "lor-infra cloud status" };
  const forecast = forecastSwitch(live, steps, { durations: new Map(), real: true, estimates });
  expect(frontsServeChecks({ live, goal: rushGoal, stop, steps: forecast, cause })).toEqual([
    expect.objectContaining({
      code: "fronts-not-ready",
      reason: "ps-1 (b2-7) does not pass its health check: the local cloud could not bind 127.10.1.11:8080",
      next: "lor-infra cloud status",
    }),
  ]);
});

it("one that an interrupted switch left out of the pool refuses nothing: the switch brings it back", () => {
  const interrupted = liveFleet([front("ps-0", "b2-15", { pool: "drained" }), front("ps-1", "b2-7")], 2000);
  expect(answersFor(interrupted)).toEqual([
    expect.objectContaining({ outcome: "warning", code: "front-out-of-service" }),
    expect.objectContaining({ outcome: "warning", code: "capacity-below-normal" }),
  ]);
});
