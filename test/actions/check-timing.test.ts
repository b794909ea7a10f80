import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { checkReturnTiming, requireEvent } from "../../src/actions/check-timing.ts";
import { loadProject, type Project } from "../../src/config/project.ts";

function lorProject(): Project {
  const loaded = loadProject(".", "prod");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.value;
}

const project = lorProject();
const at = (day: string) => Temporal.Instant.from(`${day}T12:00:00+01:00`);

it("an event that the settings do not name is refused with the names", () => {
  expect(() => requireEvent(project, "noel", at("2026-12-10"))).not.toThrow();
  expect(() => requireEvent(project, "halloween", at("2026-12-10"))).toThrow(
    expect.objectContaining({ code: "event-unknown", exit: 2, accepted: "noel, paques, saint-valentin" }),
  );
});

describe("the way back", () => {
  it("while an event's rush is not over is refused, unless accepted", () => {
    const back =
      (day: string, early = false) =>
      () =>
        checkReturnTiming(project, at(day), early);
    expect(back("2026-12-26")).toThrow(expect.objectContaining({ code: "event-not-over", exit: 3 }));
    expect(back("2026-12-26", true)).not.toThrow();
    expect(back("2026-12-27")).not.toThrow();
  });
});
