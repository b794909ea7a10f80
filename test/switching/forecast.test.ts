import { describe, expect, it } from "vitest";
import { durations as estimates } from "../../src/clouds/ovh/durations.ts";
import { forecastRun, forecastSwitch } from "../../src/rolling/forecast.ts";
import { pathTo } from "../../src/rolling/step-fleet.ts";
import { normalLive, rushGoal } from "./fleets.ts";

const nothing = { durations: new Map(), real: true, estimates };

describe("forecast", () => {
  it("counts resources of one stage once and stages one after the other", () => {
    const instance = { type: "openstack:compute/instance:Instance", change: "create" } as const;
    const attach = { type: "openstack:compute/volumeAttach:VolumeAttach", change: "create" } as const;
    expect(forecastRun([instance, instance], estimates)).toBe(forecastRun([instance], estimates));
    expect(forecastRun([instance, attach], estimates)).toBe(
      forecastRun([instance], estimates) + forecastRun([attach], estimates),
    );
    expect(forecastRun([{ ...instance, change: "same" }], estimates)).toBe(0);
  });

  it("names the front that is out and how many serve at each moment of a rush", () => {
    const forecast = forecastSwitch(normalLive, pathTo(normalLive, rushGoal).steps, nothing);
    expect(forecast.map(({ out, servingDuring, servingAfter }) => [out, servingDuring, servingAfter])).toEqual([
      [[], 2, 2],
      [[], 2, 3],
      [["ps-0"], 2, 3],
      [["ps-1"], 2, 3],
    ]);
    expect(forecast.every((step) => step.seconds > 0)).toBe(true);
  });

  it("takes the machines of a wave to change side by side", () => {
    const wave = (names: readonly string[]) => {
      const members = names.map((name) => ({ name, from: "b2-7", to: "b2-15" }));
      return forecastSwitch(normalLive, [{ kind: "resize-front", members }], nothing)[0]?.seconds;
    };
    expect(wave(["ps-0", "ps-1"])).toBe(wave(["ps-0"]));
  });

  it("takes a kind of step from past switches of the real cloud, and says of how many", () => {
    const { steps } = pathTo(normalLive, rushGoal);
    const durations = new Map([["resize-front" as const, { seconds: 100, samples: 4 }]]);
    const estimated = forecastSwitch(normalLive, steps, nothing);
    const learned = forecastSwitch(normalLive, steps, { durations, real: true, estimates });
    expect(learned.map(({ seconds, learned: from, here }) => [seconds, from?.samples, here])).toEqual([
      [estimated[0]?.seconds, undefined, undefined],
      [estimated[1]?.seconds, undefined, undefined],
      [100, 4, undefined],
      [100, 4, undefined],
    ]);
  });

  it("keeps the estimate of the real cloud beside what a step takes on one that stands for it", () => {
    const { steps } = pathTo(normalLive, rushGoal);
    const here = { seconds: 2, samples: 5 };
    const durations = new Map([["resize-front" as const, here]]);
    const local = forecastSwitch(normalLive, steps, { durations, real: false, estimates });
    const estimated = forecastSwitch(normalLive, steps, nothing);
    expect(local.map((step) => step.seconds)).toEqual(estimated.map((step) => step.seconds));
    expect(local.map((step) => step.here)).toEqual([undefined, undefined, here, here]);
    expect(local.every((step) => step.learned === undefined)).toBe(true);
  });
});
