import { readFileSync } from "node:fs";
import { ExitCode, LorError } from "../core/errors.ts";
import { systemClock } from "../os/host.ts";
import { type MachineAccess, type MachineAnswer, reasonOf } from "./machine-access.ts";

/** A step of a run that must happen at most once on a machine. */
export interface MachineStep {
  /** Name of the run, such as `upgrade-2026-11`. Letters, digits, `.`, `_` and single `-`. */
  readonly run: string;
  readonly machine: string;
  /** Name of the step within the run. */
  readonly step: string;
  /** Program and arguments, run as root without a shell. Everyone on the machine can read arguments: a secret belongs in `env`. */
  readonly command: readonly [string, ...string[]];
  /** Environment of the command, secrets among it. Default none. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunStepArgs {
  readonly commands: MachineAccess;
  /** Receives the command's output as it arrives, from its beginning, also when somebody else started the step. */
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export type StepEnd =
  | { readonly end: "ended"; readonly code: number }
  /** The machine stopped while the step ran. Whether the step took effect is unknown, and it is not run again under this name. */
  | { readonly end: "interrupted" };

interface StepAnswer {
  readonly state: "running" | "ended" | "interrupted" | "not-taken";
  readonly code?: number;
  readonly output: string;
  readonly offset: number;
  /** There is more output already. */
  readonly more: boolean;
}

const program = new URL("../machines/machine/lor-step.py", import.meta.url);
/** Reads the program and its request from standard input, so that nothing is installed and no secret is an argument. */
const loader =
  "import json, sys; r = json.loads(sys.stdin.readline()); p = r.pop('program'); exec(p); print(json.dumps(answer(r, p)))";

/** Time that one command waits on the machine for the end of the step, in seconds. */
const waitSeconds = 20;
/** Pauses before a lost connection is made anew, in milliseconds: to ask twice is safe, because a name is taken once. */
const reconnectAfter = [1_000, 2_000, 4_000, 8_000];
/** Failures of a connection that was cut, or of a machine that is busy. */
const lostCodes: readonly string[] = ["machine-not-reached", "machine-unreachable", "bastion-unreachable"];
const part = /^[A-Za-z0-9._]+(-[A-Za-z0-9._]+)*$/;

/**
 * Runs a step as the systemd unit `lor-step-RUN--MACHINE--STEP` of the machine, at most once for each name: whoever comes later, also after this
 * process was killed, waits for the same unit and gets its result. A connection that is cut is made anew, for 15 seconds.
 *
 * @throws LorError `step-not-taken` when systemd did not start the unit, and what `commands.run` throws; the same call again continues.
 */
export async function runStep(step: MachineStep, { commands, onOutput, signal }: RunStepArgs): Promise<StepEnd> {
  const name = stepName(step);
  const source = readFileSync(program, "utf8");
  const ask = async (request: object): Promise<StepAnswer> => {
    const input = `${JSON.stringify({ program: source, name, ...request })}\n`;
    const limit = (waitSeconds + 60) * 1000;
    const command = ["sudo", "-n", "/usr/bin/python3", "-I", "-c", loader];
    const done = await persist(() => commands.run(step.machine, command, { input, limit, signal }), signal);
    if (done.code !== 0) throw notTaken(step, reasonOf(done));
    return JSON.parse(done.stdout) as StepAnswer;
  };
  let answer = await ask({ verb: "take", command: step.command, env: step.env ?? {}, seconds: waitSeconds });
  for (;;) {
    if (answer.output !== "") onOutput?.(answer.output);
    if (answer.state === "not-taken") throw notTaken(step, "systemd did not start the unit");
    if (answer.state !== "running" && !answer.more) {
      return answer.state === "ended" ? { end: "ended", code: answer.code ?? 1 } : { end: "interrupted" };
    }
    signal?.throwIfAborted();
    answer = await ask({ verb: "wait", offset: answer.offset, seconds: waitSeconds });
  }
}

/** @throws what the last try threw; at once what is no lost connection */
async function persist(ask: () => Promise<MachineAnswer>, signal: AbortSignal | undefined): Promise<MachineAnswer> {
  for (const milliseconds of reconnectAfter) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LorError) || !lostCodes.includes(error.code)) throw error;
      await systemClock.sleep(milliseconds, signal);
    }
  }
  return await ask();
}

/** @throws LorError `step-name-invalid` */
function stepName({ run, machine, step }: MachineStep): string {
  const parts = [run, machine, step];
  const wrong = parts.find((each) => !part.test(each));
  const name = parts.join("--");
  if (wrong === undefined && name.length <= 200) return name;
  throw new LorError({
    code: "step-name-invalid",
    message: "a step of a machine has a name that systemd cannot hold",
    exit: ExitCode.usage,
    culprit: "user",
    seen: wrong ?? name,
    accepted: "letters, digits, . and _, with single - between them; at most 200 characters together",
  });
}

function notTaken({ machine, step }: MachineStep, reason: string): LorError {
  return new LorError({
    code: "step-not-taken",
    message: `step ${step} was not started on machine ${machine}: ${reason}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    next: "the same command again: a step that was started is never started twice",
  });
}
