import { describe, expect, it } from "vitest";
import { forecastRun, forecastSwitch } from "../../src/domain/forecast.ts";
import { pathTo } from "../../src/domain/switching/step-fleet.ts";
import { normalLive, rushGoal } from "./fleets.ts";

describe("forecast", () => {
  it("counts resources of one stage once and stages one after the other", () => {
    const instance = { type: "openstack:compute/instance:Instance", change: "create" } as const;
    const attach = { type: "openstack:compute/volumeAttach:VolumeAttach", change: "create" } as const;
    expect(forecastRun([instance, instance])).toBe(forecastRun([instance]));
    expect(forecastRun([instance, attach])).toBe(forecastRun([instance]) + forecastRun([attach]));
    expect(forecastRun([{ ...instance, change: "same" }])).toBe(0);
  });

  it("names the front that is out and how many serve at each moment of a rush", () => {
    const forecast = forecastSwitch(normalLive, pathTo(normalLive, rushGoal).steps);
    expect(forecast.map(({ out, servingDuring, servingAfter }) => [out, servingDuring, servingAfter])).toEqual([
      [undefined, 2, 2],
      [undefined, 2, 3],
      ["ps-0", 2, 3],
      ["ps-1", 2, 3],
    ]);
    expect(forecast.every((step) => step.seconds > 0)).toBe(true);
  });
});
