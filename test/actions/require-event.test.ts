import { Temporal } from "temporal-polyfill";
import { expect, it } from "vitest";
import { requireEvent } from "../../src/actions/season/require-event.ts";
import { loadProject, type Project } from "../../src/systems/load-project.ts";

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
