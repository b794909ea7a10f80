import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { InProcessProject } from "./in-process.ts";
import { ended, launcher, type Run } from "./project.ts";

/**
 * Ctrl-C in a real terminal (a pseudo terminal of util-linux's `script`) while the cloud holds a creation: what a person sees, what is left, and that
 * the same command goes on from there.
 */
const project = new InProcessProject();
const held = { type: "openstack:networking/floatingIp:FloatingIp", operation: "create" };
let terminal: ChildProcess;
let screen = "";
let run: Promise<Run>;

beforeAll(async () => {
  await project.json(["cloud", "start"]);
  await project.cloud.orderFault({ match: held, effect: { kind: "hold" } });
  const command = `stty cols 100 rows 40; exec "${process.execPath}" "${launcher}" up --yes`;
  const { NO_COLOR: _, ...env } = project.env;
  terminal = spawn("script", ["--quiet", "--return", "--flush", "--command", command, "/dev/null"], {
    cwd: project.folder,
    env: { ...env, TERM: "xterm-256color" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  terminal.stdout?.on("data", (chunk) => {
    screen += chunk;
  });
  run = ended(terminal);
  await vi.waitUntil(async () => (await project.cloud.held()).length === 1, { timeout: 600_000, interval: 50 });
  // Everything that does not wait for the held one has ended, so the tree stands still.
  await vi.waitUntil(() => / 1 in progress[\s\S]*\+ (lb|odoo) \(networking FloatingIp\)/.test(lastDrawing()), {
    timeout: 600_000,
    interval: 50,
  });
});
afterAll(async () => {
  terminal.kill("SIGKILL");
  await project.dispose();
});

describe("in a terminal", () => {
  it("a live tree shows what is in progress since when, and what each of the others waits for", () => {
    const drawing = lastDrawing();
    expect(drawing).toMatch(/Creating .*\d+ done, 1 in progress, \d+ waiting, \d+(\.\d)? s/);
    expect(drawing).toMatch(/\+ (lb|odoo) \(networking FloatingIp\) \d+(\.\d)? s/);
    expect(drawing).toMatch(/ waits for (lb|odoo) \(networking FloatingIp\)/);
    for (const line of drawing.split("\n")) expect(line.length).toBeLessThan(100);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours and cursor movement are what a terminal gets
    expect(screen).toMatch(/\u001b\[\d*A/);
  });

  it("Ctrl-C asks for a clean stop; a second one explains what it would leave behind, and leaves nothing", async () => {
    terminal.stdin?.write("\u0003");
    await vi.waitUntil(() => /Stopping: /.test(screen), { timeout: 600_000 });
    await redrawn();
    await seen().toContain("Stopping: what is in progress ends, nothing new starts.");
    terminal.stdin?.write("\u0003");
    await vi.waitUntil(() => /Ctrl-C once more leaves now/.test(screen), { timeout: 600_000 });
    await redrawn();
    // Both texts stay: the live tree is drawn below them, not over them.
    await seen().toMatch(
      /Stopping: [\s\S]*Leaving now would leave these in progress[\s\S]*create (lb|odoo) \(networking FloatingIp\)\n(?: {2}create .*\n)*Ctrl-C once more leaves now\.\nCreating .* 1 in progress/,
    );
    // It still waits for the creation in progress.
    expect(terminal.exitCode).toBeNull();
    expect(await project.cloud.held()).toHaveLength(1);

    const before = await project.journalEnd();
    await project.cloud.release();
    expect((await run).code).toBe(1);
    const text = visible(screen);
    expect(text).toMatch(/\[interrupted\]\n +next +run the same command again/);
    // Of the live tree one line stays.
    expect(text.match(/^Creating /gm)).toHaveLength(1);
    const later = await project.cloud.journal({ after: before, api: "grpc", operation: "create" });
    expect(later).toEqual([]);
  });
});

describe("afterwards", () => {
  it("no lock and no process is left, and the same command creates the rest, nothing twice", async () => {
    expect(await project.json(["status"])).toMatchObject({ exists: true, unfinished: expect.stringContaining("up") });
    const again = await project.run(["up", "--yes"]);
    expect(again, again.stderr).toMatchObject({ code: 0, stderr: "" });
    const created = (await project.cloud.journal({ api: "grpc", operation: "create" }))
      .filter(({ outcome }) => outcome === "ok")
      .map(({ type, name }) => `${type} ${name}`);
    expect(created.length).toBeGreaterThan(60);
    expect(created.filter((one, index) => created.indexOf(one) !== index)).toEqual([]);
    const status = await project.json<{ readonly fronts: readonly { readonly health: string }[] }>(["status"]);
    expect(status).toMatchObject({ profile: "normal" });
    expect(status.fronts.map(({ health }) => health)).toEqual(["healthy", "healthy"]);
  });
});

/** What stood on the screen after the last redrawing, as far as one drawing erases the one before. */
function lastDrawing(): string {
  return plain(screen.slice(Math.max(0, screen.lastIndexOf("Creating"))));
}

/** What a person sees: a drawing may have come in part only. */
function seen() {
  return expect.poll(() => visible(screen), { timeout: 600_000 });
}

/** Until the live tree was drawn once more. */
async function redrawn(): Promise<void> {
  const drawings = () => screen.split("Creating").length;
  const before = drawings();
  // The tree is drawn every 125 ms, and a second signal within 100 ms would count as the same one.
  await vi.waitUntil(() => drawings() > before + 2, { timeout: 600_000 });
}

function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences start with the escape character
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
}

/** What a person sees, with everything above that has scrolled away: lines after cursor movements and erasures. */
function visible(text: string): string {
  const lines: string[] = [""];
  let row = 0;
  let column = 0;
  const put = (kept: string) => {
    lines[row] = kept;
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences start with the escape character
  for (const [part, count, command] of text.matchAll(/\u001b\[\??([0-9;]*)([A-Za-z])|[\s\S]/g)) {
    const line = lines[row] ?? "";
    const steps = Number(count === "" ? 1 : count);
    if (part === "\n") {
      row += 1;
      lines[row] ??= "";
    } else if (part === "\r") column = 0;
    else if (command === "A") row = Math.max(0, row - steps);
    else if (command === "B") row += steps;
    else if (command === "G") column = steps - 1;
    else if (command === "K") put(count === "2" ? "" : line.slice(0, column));
    else if (command === "J") {
      put(line.slice(0, column));
      lines.length = row + 1;
    } else if (command === undefined) {
      put(line.slice(0, column).padEnd(column) + part + line.slice(column + 1));
      column += 1;
    }
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}
