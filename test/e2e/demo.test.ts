import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runInProcess } from "./in-process.ts";
import { TestProject } from "./project.ts";
import { expectScreen } from "./screen.ts";

/** The demo, as somebody runs it who has just cloned the project, on a day that no event is near. */
const project = new TestProject();
project.startClockAt("2026-11-25T09:00:00Z");
const scratch = mkdtempSync(join(tmpdir(), "lor-infra-scratch-"));
const committed = project.committed();
afterAll(async () => {
  await project.dispose();
  rmSync(scratch, { recursive: true, force: true });
});

it("goes through the whole year, loses no request, and leaves nothing: no process, no folder", async () => {
  const run = await runInProcess(project, ["demo"], { TMPDIR: scratch });
  expect(run, run.stdout + run.stderr).toMatchObject({ code: 0, stderr: "" });
  await expectScreen(project, "demo", { ...run, stdout: outline(run.stdout) });
  const shown = withoutRequests(outline(run.stdout));
  const inReadme = outline(readFileSync(new URL("../../README.md", import.meta.url), "utf8")).split("\n");
  expect(inReadme.length).toBeGreaterThan(3);
  for (const line of inReadme) expect(shown).toContain(withoutRequests(line));
  const { version, ok, requests } = JSON.parse(run.document);
  expect({ version, ok }).toEqual({ version: 1, ok: true });
  for (const profile of ["rush", "normal"]) {
    expect(requests[profile]).toMatchObject({ lost: 0, reasons: {} });
    expect(requests[profile].sent).toBeGreaterThan(50);
  }
  // Node's compile cache is nobody's data.
  expect(readdirSync(scratch).filter((name) => name !== "node-compile-cache")).toEqual([]);
  expect(project.committed()).toEqual(committed);
  expect(readdirSync(project.folder)).not.toContain(".lor-infra");
  expect(processesThatKnow(scratch)).toEqual([]);
});

/** The demo's own lines, and how each command in it ends: test/e2e/year.test.ts compares the commands' whole screens. */
function outline(screen: string): string {
  const lines = screen.split("\n");
  return lines
    .filter((line) => /^(── |Customers |Done in |Created: |In \w+ after |Ready: |Deleted: )/.test(line))
    .join("\n");
}

/** Their number differs from run to run. */
function withoutRequests(text: string): string {
  return text.replaceAll(/sent \d+ requests/g, "sent <number> requests");
}

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
