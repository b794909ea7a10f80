import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { MachineAccess } from "../../../src/remote/machine-access.ts";
import { type MachineStep, runStep } from "../../../src/remote/machine-step.ts";
import { obstacle } from "../lab.ts";
import { SshMachine } from "./ssh-machine.ts";

let machine: SshMachine;
let commands: MachineAccess;
let number = 0;

beforeAll(async () => {
  if (obstacle !== undefined) return;
  machine = await SshMachine.start();
  commands = machine.commands();
});

afterAll(() => machine?.stop());

beforeEach(() => {
  number += 1;
});

/** A step that notes each time it runs in /srv/ran-NUMBER, and runs until /srv/gate-NUMBER exists. */
function step(changes: Partial<MachineStep> = {}): MachineStep {
  const script = `echo ran >>/srv/ran-${number}; while [ ! -e /srv/gate-${number} ]; do sleep 0.05; done; echo done; exit 7`;
  return { run: `run-${number}`, machine: "machine", step: "upgrade", command: ["sh", "-c", script], ...changes };
}

const open = () => writeFileSync(machine.path(`/srv/gate-${number}`), "");
const timesRun = () => machine.inside("sh", "-c", `cat /srv/ran-${number} 2>/dev/null | wc -l`).trim();
const unit = () => `lor-step-run-${number}--machine--upgrade.service`;
const unitState = () => machine.inside("systemctl", "is-active", unit()).trim();

/** Connections that wait on the machine for a step. */
const sessions = () => Number(machine.inside("pgrep", "-c", "-f", "^sshd: debian@notty").trim());

/** A controller in a process of its own. */
function controller(): ChildProcess {
  const script = join(import.meta.dirname, "take-step.ts");
  const description = JSON.stringify({ step: step(), ...machine.connection() });
  return spawn(process.execPath, [script, description], { stdio: ["ignore", "ignore", "inherit"], detached: true });
}

/** Kills a controller, which may have ended by itself. */
function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("exit", () => resolve());
  process.kill(-(child.pid ?? 0), "SIGKILL");
  return promise;
}

describe.skipIf(obstacle !== undefined)("a step", () => {
  test("runs, and reports its code and its output", async () => {
    open();
    const output: string[] = [];
    const end = await runStep(step(), { commands, onOutput: (text) => output.push(text) });
    expect(end).toEqual({ end: "ended", code: 7 });
    expect(output.join("")).toBe("done\n");
  });

  test("is not run a second time: a later call gets the same result and the same output", async () => {
    open();
    await runStep(step(), { commands });
    const output: string[] = [];
    const end = await runStep(step(), { commands, onOutput: (text) => output.push(text) });
    expect(end).toEqual({ end: "ended", code: 7 });
    expect(output.join("")).toBe("done\n");
    expect(timesRun()).toBe("1");
  });

  test("runs once for eight controllers at the same instant, and all get its result", async () => {
    const runs = Array.from({ length: 8 }, () => runStep(step(), { commands }));
    await machine.until(() => unitState() === "active");
    open();
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 8 }, () => ({ end: "ended", code: 7 })));
    expect(timesRun()).toBe("1");
  });

  test("runs once for two at the same instant whose connections are cut, and both get its result and its output", async () => {
    const outputs = ["", ""];
    const runs = outputs.map((_, index) => runStep(step(), { commands, onOutput: (text) => (outputs[index] += text) }));
    await machine.until(() => unitState() === "active" && sessions() === 2);
    machine.inside("pkill", "-KILL", "-f", "^sshd: debian");
    await machine.until(() => sessions() === 0);
    open();
    expect(await Promise.all(runs)).toEqual([
      { end: "ended", code: 7 },
      { end: "ended", code: 7 },
    ]);
    expect(outputs).toEqual(["done\n", "done\n"]);
    expect(timesRun()).toBe("1");
  });

  test("goes on when its controller is killed, and the next one attaches to it", async () => {
    const first = controller();
    await machine.until(() => timesRun() === "1");
    await killed(first);
    const second = runStep(step(), { commands });
    expect(unitState()).toBe("active");
    open();
    expect(await second).toEqual({ end: "ended", code: 7 });
    expect(timesRun()).toBe("1");
  });

  test("runs at most once when controllers are killed at any moment, and once for the last one", async () => {
    open();
    // Moments from before the connection to after the end: one run takes about 400 ms here.
    for (const moment of [0, 60, 120, 180, 220, 260, 300, 340, 380, 420, 460, 520, 600, 800]) {
      number += 1;
      open();
      const first = controller();
      await new Promise((resolve) => setTimeout(resolve, moment));
      await killed(first);
      expect(Number(timesRun())).toBeLessThanOrEqual(1);
      expect(await runStep(step(), { commands })).toEqual({ end: "ended", code: 7 });
      expect(timesRun()).toBe("1");
    }
  });

  test("whose machine stopped in the middle is interrupted, and never run again", async () => {
    const first = controller();
    await machine.until(() => timesRun() === "1");
    await killed(first);
    machine.inside("systemctl", "kill", "--signal=SIGKILL", unit());
    await machine.until(() => unitState() !== "active");
    expect(await runStep(step(), { commands })).toEqual({ end: "interrupted" });
    expect(timesRun()).toBe("1");
  });

  test("keeps its secrets out of arguments, properties and files", async () => {
    const secret = "Pl4nted-Secret-Of-A-Step";
    const script = `test -n "$PASSPHRASE" && echo ran >>/srv/ran-${number}; while [ ! -e /srv/gate-${number} ]; do sleep 0.05; done`;
    const run = runStep(step({ command: ["sh", "-c", script], env: { PASSPHRASE: secret } }), { commands });
    await machine.until(() => timesRun() === "1");
    expect(machine.inside("sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")).not.toContain(secret);
    expect(machine.inside("systemctl", "show", unit())).not.toContain(secret);
    open();
    await run;
    expect(machine.inside("grep", "-rl", secret, "/run/lor", "/var/lib/lor", "/var/log", "/tmp")).not.toMatch(/^\//m);
    expect(machine.inside("journalctl", "--no-pager")).not.toContain(secret);
  });

  test("gives output in parts without breaking a character", async () => {
    const script = "import sys; sys.stdout.write('x' + 'é' * 1_500_000)";
    const output: string[] = [];
    const onOutput = (text: string) => output.push(text);
    await runStep(step({ command: ["python3", "-c", script] }), { commands, onOutput });
    expect(output.length).toBeGreaterThan(1);
    expect(output.join("")).toBe(`x${"é".repeat(1_500_000)}`);
  });

  test.each(["", "a b", "a--b", "-a", "a/b"])("refuses the name %j", async (name) => {
    await expect(runStep(step({ step: name }), { commands })).rejects.toMatchObject({ code: "step-name-invalid" });
  });

  test("is not taken where the account may not run sudo", async () => {
    machine.inside("useradd", "--create-home", "guest");
    machine.inside("cp", "-r", "/home/debian/.ssh", "/home/guest/.ssh");
    machine.inside("chown", "-R", "guest:", "/home/guest/.ssh");
    const others = machine.commands({ user: "guest" });
    await expect(runStep(step(), { commands: others })).rejects.toMatchObject({
      code: "step-not-taken",
      message: expect.stringMatching(/sudo/),
    });
  });
});
