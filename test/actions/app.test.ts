import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installApplication } from "../../src/actions/app/app-install.ts";
import { appStatus } from "../../src/actions/app/app-status.ts";
import { switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { up } from "../../src/actions/up/up.ts";
import { ExitCode, LorError } from "../../src/core/errors.ts";
import type { MachineAccess, MachineAnswer } from "../../src/remote/machine-access.ts";
import { onceReachable } from "../../src/stack/ssh/await-machine.ts";
import { realTimings } from "../../src/stack/stack-context.ts";
import { FakeStack, steppedClock } from "./fake-stack.ts";

/** Machines that answer what a test orders; each call is noted. */
class FakeMachines implements MachineAccess {
  readonly calls: (readonly [machine: string, ...command: string[]])[] = [];
  readonly #answers: Readonly<Record<string, unknown>>;

  /** @param answers by machine: an error to throw, an answer, or a document to print */
  constructor(answers: Readonly<Record<string, unknown>>) {
    this.#answers = answers;
  }

  run(machine: string, command: readonly string[]): Promise<MachineAnswer> {
    this.calls.push([machine, ...command]);
    const answer =
      command[0] === "cat" ? (this.#answers[`status of ${machine}`] ?? { code: 1 }) : this.#answers[machine];
    if (answer instanceof Error) return Promise.reject(answer);
    if (typeof answer === "object" && answer !== null && "code" in answer) {
      return Promise.resolve({
        stdout: "",
        stderr: "",
        ...(answer as Partial<MachineAnswer>),
        code: Number(answer.code),
      });
    }
    return Promise.resolve({ code: 0, stdout: JSON.stringify(answer), stderr: "" });
  }
}

const sound = {
  version: 1,
  role: "prestashop",
  release: "9.1.5",
  wantedRelease: "9.1.5",
  state: "applied",
  installed: true,
  tables: 280,
  lastOrder: "2026-11-30T20:00:00+00:00",
  queue: null,
  certificateDays: null,
  health: "ok",
  reasons: { queue: "the shop has none" },
};

const unreachable = new LorError({
  code: "bastion-unreachable",
  message: "the bastion bastion does not answer",
  exit: ExitCode.failed,
  culprit: "cloud",
  next: "lor-infra status",
});

const atOnce = { clock: steppedClock() };

describe("the status of the applications", () => {
  const shop = (name: string) => ({ name, application: "shop" });

  it("is asked of each machine, and what a machine does not know is null", async () => {
    const machines = new FakeMachines({ "ps-0": sound });
    const { works, machines: told } = await appStatus(machines, [shop("ps-0")], atOnce);
    expect(works).toBe(true);
    expect(told[0]?.state).toMatchObject({ tables: 280, queue: null, reasons: { queue: "the shop has none" } });
    expect(machines.calls).toEqual([["ps-0", "sudo", "-n", "lor-app", "status"]]);
  });

  it("asks so few machines at the same time that a bastion takes every connection", async () => {
    let now = 0;
    let most = 0;
    const access: MachineAccess = {
      run: async () => {
        most = Math.max(most, ++now);
        await new Promise(setImmediate);
        now--;
        return { code: 0, stdout: JSON.stringify(sound), stderr: "" };
      },
    };
    const names = Array.from({ length: 20 }, (_, index) => `ps-${index}`);
    const { machines } = await appStatus(access, names.map(shop), atOnce);
    expect(machines.map(({ machine }) => machine)).toEqual(names);
    expect(most).toBeLessThan(10);
  });

  it.each([
    ["not healthy", { ...sound, health: "the database refuses the password" }],
    ["not installed", { ...sound, installed: false }],
    ["of an unknown state", { ...sound, installed: null }],
  ])("is not that all works when a machine is %s", async (_, state) => {
    const machines = new FakeMachines({ "ps-0": sound, "ps-1": state });
    expect((await appStatus(machines, [shop("ps-0"), shop("ps-1")], atOnce)).works).toBe(false);
  });

  it("is not that all works when there is no machine, or one could not be asked", async () => {
    expect((await appStatus(new FakeMachines({}), [], atOnce)).works).toBe(false);
    const { works, machines } = await appStatus(new FakeMachines({ "ps-0": unreachable }), [shop("ps-0")], atOnce);
    expect(works).toBe(false);
    expect(machines[0]).toMatchObject({ state: undefined, failure: { code: "bastion-unreachable" } });
  });

  it.each([
    ["an old machine", { code: 1, stderr: "sudo: lor-app: command not found\n" }, "command not found"],
    ["another text", { code: 0, stdout: "hello" }, "ended with 0"],
    ["another version", { ...sound, version: 2 }, "ended with 0"],
  ])("of %s is unknown, with the reason", async (_, answer, reason) => {
    const { machines } = await appStatus(new FakeMachines({ "ps-0": answer }), [shop("ps-0")], atOnce);
    expect(machines[0]?.failure).toMatchObject({ code: "machine-answer", message: expect.stringContaining(reason) });
  });
});

describe("a machine whose configuration was never applied whole", () => {
  it("is told by its own status file", async () => {
    const machines = new FakeMachines({
      "ps-0": { code: 1, stderr: "sudo: lor-app: command not found\n" },
      "status of ps-0": { version: 1, state: "waiting", message: "the release answers 404", wantedRelease: "9.1.5" },
    });
    const { works, machines: told } = await appStatus(machines, [{ name: "ps-0", application: "shop" }], atOnce);
    expect(works).toBe(false);
    expect(told[0]?.state).toMatchObject({
      installed: null,
      wantedRelease: "9.1.5",
      health: "its configuration is waiting: the release answers 404",
    });
  });
});

describe("an installation", () => {
  const request = { application: "shop", machine: "ps-0", email: "anna@lor.example", demoProducts: false };

  it("is asked of one machine, and tells where the first password is", async () => {
    const machines = new FakeMachines({
      "ps-0": { installed: true, already: false, version: "9.1.5", passwordFile: "/etc/lor/x" },
    });
    expect(await installApplication(machines, request)).toEqual({
      application: "shop",
      machine: "ps-0",
      already: false,
      version: "9.1.5",
      passwordFile: "/etc/lor/x",
    });
    expect(machines.calls).toEqual([["ps-0", "sudo", "-n", "lor-app", "install", "--email", "anna@lor.example"]]);
  });

  it.each([
    [
      "the machine's reason",
      { code: 1, stdout: `{"installed": false, "reason": "no release is in place yet"}` },
      "no release",
    ],
    ["its last word", { code: 1, stderr: "sudo: a password is required\n" }, "a password is required"],
    ["its exit code", { code: 3 }, "ended with 3"],
    ["an answer that says nothing", { code: 0, stdout: "{}" }, "ended with 0"],
  ])("that fails says %s", async (_, answer, reason) => {
    await expect(installApplication(new FakeMachines({ "ps-0": answer }), request)).rejects.toThrow(
      expect.objectContaining({ code: "app-not-installed", message: expect.stringContaining(reason) }),
    );
  });
});

describe("a machine that starts", () => {
  const starting = new LorError({
    code: "host-key-unknown",
    message: "ps-0 has not published its host keys",
    exit: ExitCode.failed,
    culprit: "cloud",
  });
  const answering = (...failures: readonly LorError[]) => {
    const left = [...failures];
    const run = async () => {
      const failure = left.shift();
      if (failure !== undefined) throw failure;
      return { code: 0, stdout: "", stderr: "" };
    };
    return { run };
  };
  const wait = async (access: MachineAccess) => {
    const told: string[] = [];
    const clock = steppedClock();
    const began = clock.now().getTime();
    const patience = { clock, onWait: (text: string) => told.push(text) };
    const failure = await onceReachable("ps-0", patience, () => access.run("ps-0", ["uptime"])).then(
      () => undefined,
      (error: unknown) => error,
    );
    return { failure, told, seconds: (clock.now().getTime() - began) / 1000 };
  };

  it("is waited for, which is said once", async () => {
    const told = [
      "Waiting for ps-0, which may be starting, at most 4 min (Ctrl-C or --no-wait: not at all): ps-0 has not published its host keys.",
    ];
    expect(await wait(answering(starting, unreachable))).toEqual({ failure: undefined, told, seconds: 10 });
    expect(await wait(answering())).toEqual({ failure: undefined, told: [], seconds: 0 });
  });

  it("is waited for four minutes, and no more where waiting changes nothing", async () => {
    expect(await wait({ run: () => Promise.reject(starting) })).toMatchObject({ failure: starting, seconds: 240 });
    const refused = new LorError({ code: "ssh-key-refused", message: "no", exit: ExitCode.failed, culprit: "user" });
    expect(await wait(answering(refused))).toEqual({ failure: refused, told: [], seconds: 0 });
    const lost = new LorError({ code: "connection-lost", message: "no", exit: ExitCode.failed, culprit: "cloud" });
    expect(await wait(answering(lost))).toEqual({ failure: lost, told: [], seconds: 0 });
  });

  it("is asked once where nobody wants to wait", async () => {
    const clock = steppedClock();
    const access = answering(starting);
    await expect(onceReachable("ps-0", { clock }, access.run)).rejects.toBe(starting);
  });

  it("is waited for by the status of the applications, beside the others", async () => {
    const told: string[] = [];
    const left = [starting];
    const access: MachineAccess = {
      run: async (machine) => {
        const failure = machine === "ps-0" ? left.shift() : undefined;
        if (failure !== undefined) throw failure;
        return { code: 0, stdout: JSON.stringify(sound), stderr: "" };
      },
    };
    const machines = ["ps-0", "ps-1"].map((name) => ({ name, application: "shop" }));
    const patience = { clock: steppedClock(), onWait: (text: string) => told.push(text) };
    expect(await appStatus(access, machines, patience)).toMatchObject({ works: true });
    expect(told).toEqual([expect.stringContaining("Waiting for ps-0")]);
  });
});

describe("a front that stays unhealthy", () => {
  let stack: FakeStack;
  beforeEach(() => {
    stack = new FakeStack();
  });
  afterEach(() => stack.dispose());

  const run = (machines: MachineAccess | undefined) =>
    up(stack.context({ machines: async () => machines }), { confirm: stack.confirm });

  beforeEach(() => {
    stack.world.sick.add("ps-1");
  });

  it("is told with the machine's own reason", async () => {
    const ill = { ...sound, health: "the database refuses the password" };
    await expect(run(new FakeMachines({ "ps-1": ill }))).rejects.toThrow(
      expect.objectContaining({
        code: "front-unhealthy",
        message: expect.stringContaining("ps-1 says: the database refuses the password"),
        next: expect.stringContaining("lor-infra recover --replace ps-1"),
      }),
    );
  });

  it("without its application is told the command that installs it, without waiting for the limit", async () => {
    const began = stack.clock.now().getTime();
    await expect(
      run(new FakeMachines({ "ps-1": { ...sound, installed: false, health: "not installed" } })),
    ).rejects.toThrow(
      expect.objectContaining({
        code: "front-unhealthy",
        exit: 1,
        message: expect.stringContaining("not installed"),
        next: "lor-infra app install",
      }),
    );
    expect(stack.clock.now().getTime() - began).toBeLessThan(realTimings.gateLimit / 4);
  });

  it("is told without a reason where machines cannot be asked, and nothing is claimed", async () => {
    await expect(run(undefined)).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("says") }),
    );
    expect(stack.events.filter((event) => event.kind === "warning" && event.code === "machine-not-asked")).toEqual([]);
  });

  const refused = new LorError({
    code: "ssh-key-refused",
    message: "ps-1 does not accept your key",
    exit: ExitCode.failed,
    culprit: "user",
    seen: "no key of the settings is in ~/.ssh or in the agent",
    next: "ssh-add FILE, or the same command with --identity FILE",
  });
  const keyless = new LorError({
    code: "ssh-key-missing",
    message: "bastion lets nobody in without a key of the settings",
    exit: ExitCode.failed,
    culprit: "user",
    next: "the same command with --identity FILE",
  });
  const warnings = () =>
    stack.events.flatMap((event) => (event.kind === "warning" && event.code === "machine-not-asked" ? [event] : []));
  const timeOf = async (work: () => Promise<unknown>) => {
    const began = stack.clock.now().getTime();
    await work();
    return stack.clock.now().getTime() - began;
  };

  it.each([
    ["that refuses the key", refused, 4, /could not be asked why: .*\(no key of the settings/, refused.next],
    ["behind a bastion that does not answer", unreachable, 2, /could not be asked why: the bastion/, unreachable.next],
  ])(
    "%s is waited for only as long as asking has a point, where no other serves",
    async (_, failure, part, message, next) => {
      stack.world.sick.add("ps-0");
      const waited = await timeOf(() =>
        expect(run(new FakeMachines({ "ps-0": failure, "ps-1": failure }))).rejects.toThrow(
          expect.objectContaining({ code: "front-unhealthy", exit: 1, message: expect.stringMatching(message), next }),
        ),
      );
      expect(waited).toBeLessThan(realTimings.gateLimit / part);
      expect(warnings()).toEqual([expect.objectContaining({ message: expect.stringContaining(next ?? "no command") })]);
    },
  );

  it("is asked once by somebody without a key, who is then told", async () => {
    stack.world.sick.add("ps-0");
    const machines = new FakeMachines({ "ps-0": keyless, "ps-1": keyless });
    const waited = await timeOf(() =>
      expect(run(machines)).rejects.toThrow(expect.objectContaining({ code: "front-unhealthy", next: keyless.next })),
    );
    // The first question comes after 30 s, the second would after 60 s.
    expect(waited).toBeLessThan(60_000);
    expect(warnings()).toHaveLength(1);
  });

  it("is named once when the wait for it begins", async () => {
    await expect(run(undefined)).rejects.toThrow(expect.objectContaining({ code: "front-unhealthy" }));
    const waits = stack.events.filter((event) => event.kind === "front" && event.moment === "waiting-for-health");
    expect(waits).toEqual([{ kind: "front", front: "ps-1", moment: "waiting-for-health" }]);
  });

  it("that cannot be asked is reported at once and waited for, where others serve", async () => {
    const waited = await timeOf(() =>
      expect(run(new FakeMachines({ "ps-1": refused }))).rejects.toThrow(
        expect.objectContaining({ code: "front-unhealthy", next: refused.next }),
      ),
    );
    expect(waited).toBeGreaterThanOrEqual(realTimings.gateLimit);
    expect(warnings()).toHaveLength(1);
    expect(stack.events.findIndex((event) => event.kind === "warning")).toBe(
      stack.events.indexOf(warnings()[0] as never),
    );
  });

  it("stops a switch with the machine's own reason", async () => {
    stack.world.sick.delete("ps-1");
    await run(undefined);
    stack.order({ at: "resize ps-0", effect: "sick-after" });
    const machines = new FakeMachines({ "ps-0": { ...sound, health: "the volume /srv is not mounted" } });
    const context = stack.context({ machines: async () => machines });
    await expect(switchProfile(context, { target: "rush", confirm: stack.confirm })).rejects.toThrow(
      expect.objectContaining({
        code: "gate-failed",
        message: expect.stringContaining("ps-0 says: the volume /srv is not mounted"),
        next: "lor-infra rush",
      }),
    );
  });

  it("and cannot be asked is reported while a switch waits for it", async () => {
    stack.world.sick.delete("ps-1");
    await run(undefined);
    stack.order({ at: "resize ps-0", effect: "sick-after" });
    const context = stack.context({ machines: async () => new FakeMachines({ "ps-0": refused }) });
    await expect(switchProfile(context, { target: "rush", confirm: stack.confirm })).rejects.toThrow(
      expect.objectContaining({
        code: "gate-failed",
        message: expect.stringContaining("could not be asked why"),
        next: refused.next,
      }),
    );
    expect(warnings()).toHaveLength(1);
  });
});
