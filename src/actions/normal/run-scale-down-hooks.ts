import { join } from "node:path";
import { CloudCallError } from "../../clouds/http/call.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { CommandEnd } from "../../os/command-runner.ts";
import { isStillDone, type ReturnTask, resultProblem, type TaskRecord } from "../../rolling/scale-down-hooks.ts";
import type { RecordedState } from "../../stack/recorded-state.ts";
import type { Note } from "../../stack/run-journal.ts";
import { type StackContext, throwIfStopped } from "../../stack/stack-context.ts";
import { CommandLog } from "../../state/command-log.ts";
import type { JournalEntry } from "../../state/operation-journal.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { rollingOf } from "../../systems/project-plan.ts";
import { secretsOf } from "../preview/scrub-report.ts";
import { taskVariables } from "./hook-variables.ts";

export interface ReturnTasksRequest {
  readonly plan: SystemPlan;
  readonly recorded: RecordedState;
  readonly note: Note;
}

/** Result of a hook. */
export interface TaskResult {
  readonly task: string;
  /** Key in the bucket of the copies. */
  readonly object: string;
  readonly bytes: number;
  readonly lastModified: string;
  /** An earlier run of this command did it. */
  readonly earlier: boolean;
}

/**
 * Does what the settings ask for before the fronts become small: each task that is not done yet, one after the other, and looks at what it left.
 * @throws LorError `task-failed`, `task-too-slow`, `task-not-started` (exit 1), `task-result-missing` (exit 3)
 */
export async function runReturnTasks(
  context: StackContext,
  request: ReturnTasksRequest,
): Promise<readonly TaskResult[]> {
  const results: TaskResult[] = [];
  for (const task of context.project.settings.normal.hooks.beforeScaleDown.tasks) {
    throwIfStopped(context);
    results.push((await doneEarlier(context, request, task)) ?? (await runTask(context, request, task)));
  }
  return results;
}

async function doneEarlier(
  context: StackContext,
  { plan }: ReturnTasksRequest,
  task: ReturnTask,
): Promise<TaskResult | undefined> {
  const record = lastDone(await context.state.journal.entries(), task);
  if (record === undefined) return undefined;
  const object = await context.clients.storage.find(rollingOf(context.project).backupBucket(plan), task.object);
  const { rpoSeconds } = plan;
  if (object === undefined || !isStillDone(record, object, { now: context.clock.now(), rpoSeconds })) return undefined;
  const { bytes, lastModified } = object;
  context.emit({ kind: "task", task: task.name, moment: "done-earlier", object: task.object, bytes });
  return { task: task.name, object: task.object, bytes, lastModified: lastModified.toISOString(), earlier: true };
}

async function runTask(context: StackContext, request: ReturnTasksRequest, task: ReturnTask): Promise<TaskResult> {
  const { plan, note } = request;
  const { clients, clock, emit, folder } = context;
  const bucket = rollingOf(context.project).backupBucket(plan);
  const before = await clients.storage.find(bucket, task.object);
  const began = clock.now();
  const log = join(folder.logs, `${began.toISOString().replaceAll(/[:.]/g, "-")}-${task.name}.log`);
  await note("task-begun", task.name, { task: idOf(task) });
  emit({ kind: "task", task: task.name, moment: "begun", log, limitSeconds: task.timeLimit.milliseconds / 1000 });
  const end = await runLogged(context, request, task, log);
  // Ctrl-C is not the task's failure.
  if (end.kind === "stopped") throwIfStopped(context);
  if (end.kind !== "ended" || end.code !== 0) throw taskFailed(task, end, log);
  const after = await clients.storage.find(bucket, task.object);
  const problem = resultProblem(began, before, after);
  if (problem !== undefined || after === undefined) {
    throw new LorError({
      code: "task-result-missing",
      message: `${task.name} succeeded, but its object is missing in the bucket: ${problem}; the fronts stay large`,
      exit: ExitCode.refused,
      culprit: "user",
      path: "hooks.beforeScaleDown.tasks",
      seen: `${task.object} in the bucket ${bucket.name} (${bucket.region}); its output is in ${log}`,
      accepted: "an object that is not empty and newer than the beginning of the task",
      next: "lor-infra normal: the tasks that are done are not run again",
    });
  }
  await note("task-done", task.name, { task: idOf(task) });
  emit({ kind: "task", task: task.name, moment: "done", object: task.object, bytes: after.bytes });
  return {
    task: task.name,
    object: task.object,
    bytes: after.bytes,
    lastModified: after.lastModified.toISOString(),
    earlier: false,
  };
}

async function runLogged(
  context: StackContext,
  { plan, recorded }: ReturnTasksRequest,
  task: ReturnTask,
  log: string,
): Promise<CommandEnd> {
  const upload = await uploadUrl(context, plan, task);
  const { env } = context.commands;
  const scrubber = secretsOf(env);
  scrubber.learn(upload ?? "");
  const output = new CommandLog(log, (line) => scrubber.scrub(line));
  output.note(`${context.clock.now().toISOString()} ${task.name} begins`);
  try {
    const end = await context.commands.runner.run({
      command: task.command,
      folder: context.project.dir,
      env: { ...withoutPassphrase(env), ...taskVariables(context, { plan, recorded, task, upload }) },
      limit: task.timeLimit.milliseconds,
      output,
      signal: context.signal,
    });
    output.note(`${context.clock.now().toISOString()} ${describeEnd(end)}`);
    return end;
  } finally {
    await new Promise((done) => output.end(done));
  }
}

/** Commands that bring their result to the bucket by other means need none. */
async function uploadUrl(context: StackContext, plan: SystemPlan, task: ReturnTask): Promise<string | undefined> {
  // As long as the task may take, and a little more.
  const seconds = Math.ceil(task.timeLimit.milliseconds / 1000) + 300;
  try {
    return await context.clients.storage.uploadUrl(rollingOf(context.project).backupBucket(plan), task.object, seconds);
  } catch (error) {
    if (!(error instanceof CloudCallError)) throw error;
    context.emit({
      kind: "warning",
      code: error.code,
      message: `${task.name} gets no LOR_UPLOAD_URL: ${error.message}`,
    });
    return undefined;
  }
}

/** It opens the whole state, and no task needs it. */
function withoutPassphrase(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || name.startsWith("PULUMI_CONFIG_PASSPHRASE") ? [] : [[name, value]],
    ),
  );
}

function taskFailed(task: ReturnTask, end: CommandEnd, log: string): LorError {
  const code =
    end.kind === "too-long" ? "task-too-slow" : end.kind === "not-started" ? "task-not-started" : "task-failed";
  return new LorError({
    code,
    message: `${task.name} failed before the scale-down: ${describeEnd(end)}; the fronts stay large`,
    exit: ExitCode.failed,
    culprit: "user",
    path: "hooks.beforeScaleDown.tasks",
    seen: `${task.command[0]}; its output is in ${log}`,
    accepted: `a command that ends with 0 within ${task.timeLimit}`,
    next: "lor-infra normal: the tasks that are done are not run again",
  });
}

function describeEnd(end: CommandEnd): string {
  switch (end.kind) {
    case "ended":
      return `it ended with code ${end.code}`;
    case "killed":
      return `it was ended by ${end.signal}`;
    case "too-long":
      return "it took longer than its time limit and was ended";
    case "stopped":
      return "it was ended on request";
    case "not-started":
      return `it could not be started (${end.reason})`;
  }
}

/** The last time that exactly this task was done on this way back, which begins where the last switch ended. */
function lastDone(all: readonly JournalEntry[], task: ReturnTask): TaskRecord | undefined {
  const entries = all.slice(1 + all.findLastIndex(({ event, operation }) => event === "done" && isSwitch(operation)));
  const isOf = (event: JournalEntry["event"]) => (entry: JournalEntry) =>
    entry.event === event && entry.what === task.name && entry.task === idOf(task);
  const index = entries.findLastIndex(isOf("task-done"));
  const ended = entries[index];
  const begun = entries.slice(0, Math.max(0, index)).findLast(isOf("task-begun"));
  return ended === undefined || begun === undefined
    ? undefined
    : { began: new Date(begun.at), ended: new Date(ended.at) };
}

function isSwitch(operation: string): boolean {
  return operation === "rush" || operation === "normal";
}

/** A task with another command is another task. */
function idOf({ name, command, object }: ReturnTask): string {
  return fingerprint({ name, command, object }).slice(0, 12);
}
