import { ExitCode, LorError, type LorErrorDetails } from "../core/errors.ts";
import type { Diagnostic, FailedResource } from "./resource-changes.ts";

/** Facts about a run or query that the engine ended with an error. Every text is scrubbed of secrets. */
export interface EngineFailure {
  readonly projectName: string;
  readonly stackName: string;
  /** Standard error of the engine. */
  readonly stderr: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Resources whose operation failed, by URN. */
  readonly failed: readonly FailedResource[];
  /** The caller cancelled. */
  readonly aborted: boolean;
}

/** Holder of the engine's own lock on a stack, as its error names it. */
export interface EngineLockHolder {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly since: string;
}

type Details = Omit<LorErrorDetails, "cause">;
type Mapping = (failure: EngineFailure, text: string) => LorErrorDetails | undefined;

/** Tried in this order; the first match counts. */
const errorMappings: readonly Mapping[] = [
  cancelled,
  locked,
  conflict,
  passphraseMissing,
  passphraseWrong,
  stackMissing,
  stateInvalid,
  stateNotWritten,
  backendUnreachable,
  pluginMissing,
  providerUnreachable,
  protectedResource,
  adoptionMissing,
  resourceFailed,
  pendingOperations,
  programFailed,
  killed,
];

/** Maps the engine's messages to a coded error. The engine has no error codes, so its wording decides (engine 3.259.0). */
export function engineError(failure: EngineFailure): LorError {
  const text = textOf(failure);
  for (const mapping of errorMappings) {
    const details = mapping(failure, text);
    if (details !== undefined) {
      return new LorError(details);
    }
  }
  return new LorError({
    code: "engine-failed",
    message: `the engine stopped on ${place(failure)}: ${text === "" ? "it gave no reason" : text}`,
    exit: ExitCode.failed,
    culprit: "tool",
    next: "lor-infra doctor",
  });
}

function cancelled(failure: EngineFailure, text: string): Details | undefined {
  if (!failure.aborted && !/update cancell?ed/i.test(text)) {
    return undefined;
  }
  return {
    code: "cancelled",
    message: `the run on ${place(failure)} was stopped; what was in progress has been finished and recorded`,
    exit: ExitCode.failed,
    culprit: "user",
    next: "run the same command again: it resumes",
  };
}

function locked(failure: EngineFailure, text: string): LorErrorDetails | undefined {
  if (!text.includes("the stack is currently locked by")) {
    return undefined;
  }
  const holders = lockHoldersIn(text);
  const names = holders.map((one) => `${one.user}@${one.host} (process ${one.pid}, since ${one.since})`);
  return {
    code: "stack-locked",
    message: `${place(failure)} is being changed by another run${names.length > 0 ? `: ${names.join(", ")}` : ""}`,
    exit: ExitCode.locked,
    culprit: "user",
    next: "wait until it has ended, then the same command again; lor-infra doctor tells whether it still lives",
    cause: { holders },
  };
}

function conflict(failure: EngineFailure, text: string): Details | undefined {
  if (!/\[409\] Conflict|Another update is currently in progress/.test(text)) {
    return undefined;
  }
  return {
    code: "stack-conflict",
    message: `${place(failure)} is being changed by another run`,
    exit: ExitCode.locked,
    culprit: "user",
    next: "wait until it has ended, then the same command again",
  };
}

function passphraseMissing(failure: EngineFailure, text: string): Details | undefined {
  if (!/passphrase must be set/.test(text)) {
    return undefined;
  }
  return {
    code: "passphrase-missing",
    message: `the passphrase of ${place(failure)} is not known`,
    exit: ExitCode.usage,
    culprit: "user",
    accepted: "PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE or the file .lor-infra/passphrase",
    next: "set one of them, then the same command again",
  };
}

function passphraseWrong(failure: EngineFailure, text: string): Details | undefined {
  if (!/incorrect passphrase|cipher: message authentication failed/.test(text)) {
    return undefined;
  }
  return {
    code: "passphrase-wrong",
    message: `the passphrase does not decrypt the secrets of ${place(failure)}`,
    exit: ExitCode.usage,
    culprit: "user",
    accepted: "the passphrase and the encryptionsalt that the stack was created with",
    next: "set PULUMI_CONFIG_PASSPHRASE to it, and bring the profile files' encryptionsalt back from git",
  };
}

function stackMissing(failure: EngineFailure, text: string): Details | undefined {
  if (!/no stack named .* found/.test(text)) {
    return undefined;
  }
  return {
    code: "stack-missing",
    message: `there is no ${place(failure)} in this state backend`,
    exit: ExitCode.usage,
    culprit: "user",
    next: "lor-infra up",
  };
}

function stateInvalid(failure: EngineFailure, text: string): Details | undefined {
  const fault = /snapshot integrity failure.*?: ((?:child )?resource .*)/.exec(text)?.[1];
  if (fault === undefined) {
    return undefined;
  }
  return {
    code: "state-invalid",
    message: `the engine refuses the state of ${place(failure)}: ${fault}`,
    exit: ExitCode.failed,
    culprit: "tool",
    next: "lor-infra state list, then restore the newest copy that it names",
  };
}

function stateNotWritten(failure: EngineFailure, text: string): Details | undefined {
  const words = /write (\S+): (no space left on device|disk quota exceeded|read-only file system|input\/output error)/;
  const found = words.exec(text);
  if (found === null || !/snapshot|checkpoint|\.pulumi/.test(text)) {
    return undefined;
  }
  return {
    code: "state-not-written",
    message: `the state of ${place(failure)} could not be written: ${found[2]}`,
    exit: ExitCode.failed,
    culprit: "user",
    seen: found[1] ?? "",
    accepted: "a disk with room for the state",
    next: "make room on that disk, then the same command again",
  };
}

function backendUnreachable(failure: EngineFailure, text: string): Details | undefined {
  const words =
    /read "\.pulumi\/meta\.yaml"|unable to open bucket|could not list bucket|ensuring stack|error listing stacks|problem logging in|reading checkpoint|unable to check if stack file/i;
  if (!words.test(failure.stderr)) {
    return undefined;
  }
  return {
    code: "backend-unreachable",
    message: `the state of ${place(failure)} cannot be reached: ${text}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    next: "lor-infra doctor",
  };
}

function pluginMissing(_failure: EngineFailure, text: string): Details | undefined {
  const name =
    /no resource plugin 'pulumi-resource-([^']+)' found/.exec(text)?.[1] ??
    /(?:could not|failed to) (?:find|load|download|install) (?:\w+ )*plugin:? ?'?(?:pulumi-resource-)?([\w-]+)?/.exec(
      text,
    )?.[1];
  if (name === undefined) {
    return undefined;
  }
  return {
    code: "plugin-missing",
    message: `the provider plugin ${name} is not installed`,
    exit: ExitCode.failed,
    culprit: "user",
    seen: name,
    next: `pulumi plugin install resource ${name}`,
  };
}

function providerUnreachable(failure: EngineFailure, text: string): Details | undefined {
  const plugin = /\[(\w[\w-]*)\] did not begin responding/.exec(text)?.[1];
  const words = /did not begin responding to RPC connections|error reading from server: EOF|code = Unavailable/;
  if (!words.test(text)) {
    return undefined;
  }
  return {
    code: "provider-unreachable",
    message: `the provider ${plugin ?? "server"} does not answer, so ${place(failure)} cannot be changed${reasons(failure)}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    next: "lor-infra cloud status, then the same command again: it looks for what the provider may have made before",
  };
}

function protectedResource(failure: EngineFailure, text: string): Details | undefined {
  const urns = [...text.matchAll(/resource "([^"]+)" cannot be (?:deleted|replaced)\s+because it is protected/g)].map(
    (match) => match[1] ?? "",
  );
  if (urns.length === 0) {
    return undefined;
  }
  const names = urns.map((urn) => `${urn.split("::").at(-1)}`);
  return {
    code: "resource-protected",
    message: `${names.join(", ")} of ${place(failure)} cannot be deleted: protected, because data would be lost`,
    exit: ExitCode.refused,
    culprit: "user",
    seen: urns.join(", "),
    next: "lor-infra destroy --with-data lists what is lost, then deletes it",
  };
}

function adoptionMissing(failure: EngineFailure, text: string): Details | undefined {
  const id = /resource '([^']*)' does not exist/.exec(text)?.[1];
  if (id === undefined) {
    return undefined;
  }
  return {
    code: "adoption-missing",
    message: `a resource of ${place(failure)} that was to be adopted no longer exists in the cloud`,
    exit: ExitCode.failed,
    culprit: "cloud",
    seen: id,
    next: "the same command again: it looks for the resource once more",
  };
}

function resourceFailed(failure: EngineFailure): Details | undefined {
  if (failure.failed.length === 0) {
    return undefined;
  }
  const reports = failure.failed.map((resource) => {
    const why = failure.diagnostics
      .filter((entry) => entry.severity === "error" && entry.urn === resource.urn)
      .map((entry) => entry.message);
    return `${resource.name} (${resource.type}) could not be ${resource.wasToBe}: ${[...new Set(why)].join("; ") || "the provider gave no reason"}`;
  });
  return {
    code: "resource-failed",
    message: reports.join("\n"),
    exit: ExitCode.failed,
    culprit: "cloud",
    seen: failure.failed.map((resource) => resource.urn).join(", "),
    next: "fix the cause, then run the same command again",
  };
}

function pendingOperations(failure: EngineFailure, text: string): Details | undefined {
  if (!/pending operations? from previous deployment|pending (?:create|operation)/i.test(text)) {
    return undefined;
  }
  return {
    code: "pending-operations",
    message: `an earlier run on ${place(failure)} was killed with operations in progress: ${text}`,
    exit: ExitCode.failed,
    culprit: "tool",
    next: "lor-infra up: it looks in the cloud for what was being made, and adopts it",
  };
}

function programFailed(failure: EngineFailure, text: string): Details | undefined {
  const words = /Unhandled exception: |One or more errors occurred|It looks like the Pulumi SDK has not been installed/;
  if (!words.test(text)) {
    return undefined;
  }
  const said = /Unhandled exception: (.*)/.exec(text)?.[1] ?? text;
  return {
    code: "program-failed",
    message: `the description of ${place(failure)} failed before its resources were complete: ${said}`,
    exit: ExitCode.failed,
    culprit: "tool",
    next: "lor-infra check",
  };
}

function killed(failure: EngineFailure, text: string): Details | undefined {
  const signal = /killed by (SIG\w+)/.exec(text)?.[1];
  if (signal === undefined) {
    return undefined;
  }
  return {
    code: "engine-killed",
    message: `the engine was killed while it worked on ${place(failure)}`,
    exit: ExitCode.failed,
    culprit: "tool",
    seen: signal,
    next: "the same command again: it looks in the cloud for what was being made, and adopts it",
  };
}

/** Holder of the engine's lock, parsed from its error message. */
export function lockHoldersIn(text: string): readonly EngineLockHolder[] {
  return [...text.matchAll(/created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/g)].map(([, user, host, pid, since]) => ({
    user: user ?? "",
    host: host ?? "",
    pid: Number(pid),
    since: since ?? "",
  }));
}

function place(failure: EngineFailure): string {
  return `stack ${failure.stackName} of ${failure.projectName}`;
}

/** Errors of the run, without the engine's own closing lines. */
function textOf(failure: EngineFailure): string {
  const errors = failure.diagnostics.filter((entry) => entry.severity === "error").map((entry) => entry.message);
  const telling = errors.filter((message) => !/^(update|preview|refresh|destroy) failed$/.test(message));
  const lines = [...(telling.length > 0 ? telling : errors), failure.stderr.replace(/^error: /, "")];
  return [...new Set(lines.map((line) => line.trim()).filter((line) => line !== ""))].join("\n");
}

function reasons(failure: EngineFailure): string {
  return failure.failed.length > 0 ? ` (${failure.failed.map((resource) => resource.name).join(", ")})` : "";
}
