import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SecretScrubber } from "../../src/engine/secret-scrubber.ts";
import { type CommandEnd, commandRunner } from "../../src/os/command-runner.ts";
import { CommandLog } from "../../src/state/command-log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lor-commands-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

class Collected extends Writable {
  text = "";
  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

interface Given {
  readonly limit?: number;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly output?: Writable;
}

function run(command: readonly [string, ...string[]], given: Given = {}): Promise<CommandEnd> {
  const { limit = 60_000, signal, env = {}, output = new Collected() } = given;
  return commandRunner.run({
    command,
    folder,
    env: { PATH: process.env.PATH ?? "", ...env },
    limit,
    output,
    signal,
  });
}

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
};

/** Starts a command that writes its own number and a child's and then waits for ever, and tells once it has. */
async function endless(given: Given) {
  const output = new Collected();
  const running = run(["sh", "-c", 'sleep 1000 & echo "$$ $!"; wait'], { ...given, output });
  await expect.poll(() => output.text, { timeout: 600_000 }).toContain("\n");
  return { running, pids: output.text.trim().split(" ").map(Number) };
}

describe("a command of the settings", () => {
  it("runs in the project's folder, with its variables, without a shell, and tells how it ended", async () => {
    const output = new Collected();
    const end = await run(["sh", "-c", 'pwd; echo "$LOR_TASK"; echo oops >&2; exit 3'], {
      env: { LOR_TASK: "dump" },
      output,
    });
    expect(end).toEqual({ kind: "ended", code: 3 });
    expect(output.text.split("\n").toSorted()).toEqual(["", folder, "dump", "oops"].toSorted());
    const plain = new Collected();
    await run(["echo", "$HOME; ls"], { output: plain });
    expect(plain.text).toBe("$HOME; ls\n");
  });

  it("that is not there, or may not be run, is told as not started", async () => {
    expect(await run(["lor-no-such-program"])).toEqual({ kind: "not-started", reason: "ENOENT" });
    expect(await run([folder])).toEqual({ kind: "not-started", reason: "EACCES" });
  });

  it("is ended at its limit, with what it started", async () => {
    const { running, pids } = await endless({ limit: 3_000 });
    expect(await running).toEqual({ kind: "too-long" });
    expect(pids).toHaveLength(2);
    await expect.poll(() => pids.filter(isRunning), { timeout: 600_000 }).toEqual([]);
  });

  it("is ended on request, with what it started, and never begun after it", async () => {
    const stop = new AbortController();
    const { running, pids } = await endless({ signal: stop.signal });
    stop.abort();
    expect(await running).toEqual({ kind: "stopped" });
    await expect.poll(() => pids.filter(isRunning), { timeout: 600_000 }).toEqual([]);
    expect(await run(["true"], { signal: AbortSignal.abort() })).toEqual({ kind: "stopped" });
  });
});

describe("its log", () => {
  async function logged(...chunks: readonly string[]): Promise<string> {
    const path = join(folder, "logs", "task.log");
    const scrubber = new SecretScrubber(["planted-secret"]);
    const log = new CommandLog(path, (line) => scrubber.scrub(line));
    for (const chunk of chunks) log.write(chunk);
    await new Promise((done) => log.end(done));
    return readFileSync(path, "utf8");
  }

  it("has no secret, also when it comes in two pieces", async () => {
    expect(await logged("one planted-", "secret two\nPASSWORD=", "hunter22\nend")).toBe(
      "one [secret] two\nPASSWORD=[secret]\nend\n",
    );
  });

  it("leaves a private key out, whatever number of lines it has", async () => {
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\nBBBB\n-----END OPENSSH PRIVATE KEY-----\n";
    expect(await logged(`before\n${key}after\n`)).toBe("before\n[secret]\nafter\n");
  });

  it("is readable while the command runs, and cuts what never ends", async () => {
    const path = join(folder, "task.log");
    const log = new CommandLog(path, (line) => line);
    log.write("first\nsec");
    expect(readFileSync(path, "utf8")).toBe("first\n");
    for (let count = 0; count < 300; count++) log.write("x".repeat(70_000));
    await new Promise((done) => log.end(done));
    const text = readFileSync(path, "utf8");
    expect(text.length).toBeLessThan(17 * 1024 * 1024);
    expect(text).toContain("and more, which was not kept");
  });
});
