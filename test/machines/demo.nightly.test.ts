import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, it } from "vitest";
import type { RequestFigures } from "../../src/actions/demo/watch-requests.ts";
import { obstacle } from "./lab.ts";

const launcher = join(import.meta.dirname, "../../src/cli/lor-infra.cjs");

describe.skipIf(obstacle !== undefined)("the demo with machines", () => {
  const scratch = mkdtempSync(join(tmpdir(), "lor-infra-scratch-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** Starts the demo in a network of its own: it takes the addresses of the example. */
  function start(...options: string[]) {
    const command = `ip link set lo up && exec ${process.execPath} ${launcher} demo --machines ${options.join(" ")}`;
    return spawn("unshare", ["--net", "sh", "-c", command], {
      cwd: scratch,
      env: { ...process.env, TMPDIR: scratch, NODE_DISABLE_COMPILE_CACHE: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** What the demo left in its folder, without what Node keeps for itself. */
  const left = () => readdirSync(scratch).filter((name) => name !== "node-compile-cache");

  it("installs shop and ERP, switches into rush and back without a lost request, and leaves nothing", async () => {
    const run = start("--json");
    const [stdout, stderr] = await Promise.all([text(run.stdout), text(run.stderr), once(run, "close")]);
    const document = JSON.parse(stdout) as {
      readonly ok: boolean;
      readonly applicationsWork: boolean;
      readonly requests: Readonly<Record<"rush" | "normal", RequestFigures>>;
    };
    // First: what was lost, and why.
    for (const visits of Object.values(document.requests)) {
      expect(visits.reasons, stderr).toEqual({});
      expect(visits.lost).toBe(0);
      expect(visits.sent).toBeGreaterThan(50);
    }
    expect(document, stderr).toMatchObject({ ok: true, applicationsWork: true });
    expect(left()).toEqual([]);
  });

  it("leaves nothing after Ctrl-C while machines boot", async () => {
    const run = start();
    let shown = "";
    for await (const part of run.stdout) {
      shown += String(part);
      if (shown.includes("ps-0 (compute Instance)") && !run.killed) run.kill("SIGINT");
    }
    expect(shown).toContain("ps-0 (compute Instance)");
    expect(run.exitCode ?? (await once(run, "close"))[0]).toBe(1);
    expect(left()).toEqual([]);
  });
});
