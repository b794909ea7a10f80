import type { ErrorCode } from "../core/error-codes.ts";
import type { Issue, Result } from "../core/result.ts";
import type { CloudDefinition } from "./contract.ts";

/**
 * Cloud that a plain Pulumi run would reach, according to the environment alone: `local`, or the id of the definition. Refuses a mixture: a state
 * of one cloud would be emptied by the first refresh on another.
 */
export function decideCloud(
  environment: Readonly<Record<string, string | undefined>>,
  { id, packages }: Pick<CloudDefinition, "id" | "packages">,
): Result<string> {
  const attached = attachedProviders(environment.PULUMI_DEBUG_PROVIDERS);
  const localState = isLocalState(environment.PULUMI_BACKEND_URL);
  if (attached.length === 0 && !localState) return { ok: true, value: id };
  if (attached.length === 0) {
    return refuse(
      "local-state-without-local-cloud",
      "PULUMI_BACKEND_URL",
      'this state was made on the local cloud, and the providers of the local cloud are not attached; run `eval "$(npx lor-infra cloud env)"` first',
    );
  }
  if (!localState) {
    return refuse(
      "real-state-on-local-cloud",
      "PULUMI_DEBUG_PROVIDERS",
      "the providers point at the local cloud, and the state is not the local cloud's: a real stack is never applied to it; unset PULUMI_DEBUG_PROVIDERS, " +
        'or run `eval "$(npx lor-infra cloud env)"` to work on the local cloud with its own state',
    );
  }
  const missing = packages.filter((name) => !attached.includes(name));
  if (missing.length > 0) {
    return refuse(
      "local-cloud-incomplete",
      "PULUMI_DEBUG_PROVIDERS",
      `the local cloud simulates ${packages.join(", ")}, and ${missing.join(", ")} would be the real one; run \`eval "$(npx lor-infra cloud env)"\` again`,
    );
  }
  return { ok: true, value: "local" };
}

/** `ovh:41234,openstack:41235` -> package names. */
function attachedProviders(value: string | undefined): readonly string[] {
  return (value ?? "")
    .split(",")
    .map((entry) => entry.split(":")[0]?.trim() ?? "")
    .filter((name) => name !== "");
}

/** The state folder has one backend per cloud: `<state folder>/local/backend` for the local cloud. */
function isLocalState(backendUrl: string | undefined): boolean {
  return backendUrl !== undefined && /^file:\/\/.*\/local\/backend\/?(\?.*)?$/.test(backendUrl);
}

function refuse(code: ErrorCode, path: string, message: string): Result<string> {
  const issue: Issue = { path, code, message, exit: 3 };
  return { ok: false, issues: [issue] };
}
