import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { TestProject } from "./project.ts";
import { expectScreen } from "./screen.ts";

/** The demo, as somebody runs it who has just cloned the project, on a day that no event is near. */
const [person, script] = [new TestProject(), new TestProject()];
for (const project of [person, script]) project.startClockAt("2026-11-25T09:00:00Z");
const scratch = mkdtempSync(join(tmpdir(), "lor-infra-scratch-"));
const committed = person.committed();
afterAll(async () => {
  await Promise.all([person.dispose(), script.dispose()]);
  rmSync(scratch, { recursive: true, force: true });
});

it("goes through the whole year, loses no request, and leaves nothing: no process, no folder", async () => {
  const [screen, document] = await Promise.all([
    person.run(["demo"], { TMPDIR: scratch }),
    script.run(["demo", "--json"], { TMPDIR: scratch }),
  ]);
  for (const run of [screen, document]) expect(run, run.stdout + run.stderr).toMatchObject({ code: 0, stderr: "" });
  await expectScreen(person, "demo", screen, [
    [new RegExp(`${scratch}/lor-infra-demo-\\w+`, "g"), "<state>"],
    // The first copy of the files is made a minute after their machine, and a slow demo is still there.
    [/^ {2}backups .*\n(?: {16,}.*\n)+/gm, "  backups  <as they are>\n"],
    [/ \d+ open connections, [\d.]+ new ones/g, " <number> open connections, <number> new ones"],
  ]);
  const { version, ok, requests } = JSON.parse(document.stdout);
  expect({ version, ok }).toEqual({ version: 1, ok: true });
  for (const profile of ["rush", "normal"]) {
    expect(requests[profile]).toMatchObject({ lost: 0, reasons: {} });
    expect(requests[profile].sent).toBeGreaterThan(50);
  }
  // Node's compile cache is nobody's data.
  expect(readdirSync(scratch).filter((name) => name !== "node-compile-cache")).toEqual([]);
  expect(person.committed()).toEqual(committed);
  expect(readdirSync(person.folder)).not.toContain(".lor-infra");
  expect(processesThatKnow(scratch)).toEqual([]);
}, 480_000);
/** Command lines of the processes that have a folder among their arguments or in their environment. */
function processesThatKnow(folder: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
        return commandLine.includes(folder) || environment.includes(folder) ? [commandLine] : [];
      } catch {
        // It ended meanwhile, or is another user's.
        return [];
      }
    });
}
