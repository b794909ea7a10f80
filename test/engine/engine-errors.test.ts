import { describe, expect, test } from "vitest";
import { ExitCode } from "../../src/core/errors.ts";
import { type EngineFailure, engineError, lockHoldersIn } from "../../src/engine/engine-errors.ts";

const urn = "urn:pulumi:prod::lor::openstack:compute/instance:Instance::ps-0";

function failure(changes: Partial<EngineFailure>): EngineFailure {
  return {
    projectName: "lor",
    stackName: "prod",
    stderr: "",
    diagnostics: [],
    failed: [],
    aborted: false,
    ...changes,
  };
}

/** A failure that the engine wrote to its error stream. */
function said(stderr: string): EngineFailure {
  return failure({ stderr: `error: ${stderr}\n` });
}

/** A failure that the engine reported as diagnostics of the run, the last one its own. */
function reported(...messages: readonly string[]): EngineFailure {
  return failure({
    diagnostics: [...messages, "update failed"].map((message) => ({ severity: "error", urn: undefined, message })),
  });
}

const lockText = `the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///home/anna/.lor-infra/local/backend/.pulumi/locks/organization/lor/prod/1f0c.json?no_tmp_dir=true: created by anna@desk (pid 4242) at 2026-11-22T10:00:00Z`;

const pluginText = "no resource plugin 'pulumi-resource-ovh' found in the workspace or on your $PATH";
const protectText = `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the \`protect\` flag`;
const pendingText = `Attempting to deploy or update resources with 1 pending operations from previous deployment.\n  * ${urn}, interrupted while creating`;

/** Texts as engine 3.259.0 wrote them, but for 409, which only Pulumi's own service answers. */
const cases: readonly (readonly [code: string, exit: number, failure: EngineFailure, message: RegExp])[] = [
  ["stack-locked", ExitCode.locked, said(lockText), /anna@desk \(process 4242, since 2026-11-22T10:00:00Z\)/],
  ["stack-conflict", ExitCode.locked, said("[409] Conflict: Another update is currently in progress."), /lor/],
  ["passphrase-missing", ExitCode.usage, said("passphrase must be set with PULUMI_CONFIG_PASSPHRASE"), /not known/],
  [
    "passphrase-wrong",
    ExitCode.usage,
    said("getting stack configuration: get stack secrets manager: incorrect passphrase"),
    /stack prod of lor/,
  ],
  ["passphrase-wrong", ExitCode.usage, said("decrypting: cipher: message authentication failed"), /does not decrypt/],
  ["stack-missing", ExitCode.usage, said("no stack named 'prod' found"), /no stack prod/],
  [
    "backend-unreachable",
    ExitCode.failed,
    said('read ".pulumi/meta.yaml": blob (code=Unknown): dial tcp 127.0.0.1:1: connect: connection refused'),
    /connection refused/,
  ],
  ["plugin-missing", ExitCode.failed, reported(pluginText), /plugin ovh is not installed/],
  [
    "provider-unreachable",
    ExitCode.failed,
    reported("openstack (resource) plugin [openstack] did not begin responding to RPC connections"),
    /provider openstack does not answer/,
  ],
  ["provider-unreachable", ExitCode.failed, reported("rpc error: code = Unavailable desc = transport"), /not answer/],
  ["resource-protected", ExitCode.refused, reported(protectText), /^ps-0 of stack prod/],
  ["adoption-missing", ExitCode.failed, reported("resource 'a1b2' does not exist"), /no longer exists in the cloud/],
  ["pending-operations", ExitCode.failed, reported(pendingText), /operations in progress/],
  ["cancelled", ExitCode.failed, reported("update canceled"), /stopped/],
  ["cancelled", ExitCode.failed, failure({ aborted: true, stderr: "killed by SIGINT" }), /stopped/],
  ["engine-killed", ExitCode.failed, failure({ stderr: "\nkilled by SIGKILL" }), /was killed/],
  [
    "program-failed",
    ExitCode.failed,
    reported("Unhandled exception: Error: no image named Debian 12\n    at build (file:///x.ts:1:1)"),
    /: Error: no image named Debian 12$/,
  ],
  ["engine-failed", ExitCode.failed, said("something nobody has seen before"), /something nobody has seen before/],
  ["engine-failed", ExitCode.failed, failure({}), /gave no reason/],
];

test.each(cases)("%s, exit %i", (code, exit, engineFailure, message) => {
  const error = engineError(engineFailure);
  expect(error).toMatchObject({ code, exit });
  expect(error.message).toMatch(message);
  expect(error.next).toBeTruthy();
});

describe("a provider's refusal", () => {
  const type = "openstack:compute/instance:Instance";

  test("names each resource that failed, with its own reason", () => {
    const other = urn.replace("ps-0", "ps-1");
    const error = engineError(
      failure({
        failed: [
          { urn, type, name: "ps-0", wasToBe: "updated" },
          { urn: other, type, name: "ps-1", wasToBe: "created" },
        ],
        diagnostics: [
          { severity: "error", urn, message: "no valid host was found" },
          { severity: "warning", urn: other, message: "slow" },
          { severity: "error", urn: undefined, message: "update failed" },
        ],
      }),
    );

    expect(error).toMatchObject({ code: "resource-failed", seen: `${urn}, ${other}`, culprit: "cloud" });
    expect(error.message.split("\n")).toEqual([
      `ps-0 (${type}) could not be updated: no valid host was found`,
      `ps-1 (${type}) could not be created: the provider gave no reason`,
    ]);
  });

  test("a provider that died in the middle is not taken for a refusal", () => {
    const error = engineError(
      failure({
        failed: [{ urn, type, name: "ps-0", wasToBe: "created" }],
        diagnostics: [
          { severity: "error", urn, message: "rpc error: code = Unavailable desc = error reading from server: EOF" },
        ],
      }),
    );
    expect(error.code).toBe("provider-unreachable");
    expect(error.message).toContain("ps-0");
  });
});

test("every holder of a lock is read", () => {
  const text = `${lockText}\n  file:///b/2.json: created by root@other (pid 7) at 2026-11-22T11:00:00+01:00`;
  expect(lockHoldersIn(text)).toEqual([
    { user: "anna", host: "desk", pid: 4242, since: "2026-11-22T10:00:00Z" },
    { user: "root", host: "other", pid: 7, since: "2026-11-22T11:00:00+01:00" },
  ]);
});
