import { CloudError } from "../kernel/cloud-error.ts";
import type { LocalCloud } from "../local-cloud.ts";
import type { CallContext } from "./resource-adapter.ts";

export interface Expectation<View> {
  /** For the message: `instance`, `volume`… */
  readonly what: string;
  readonly id: string;
  readonly statusOf: (view: View) => string;
  readonly pending: readonly string[];
  readonly target: readonly string[];
  /** Why it is in a bad state, when the view tells. */
  readonly reasonOf?: (view: View) => string | undefined;
  /** Of the real world; default 600, the real provider's for most types. */
  readonly timeoutSeconds?: number;
}

/** A quick cloud on a busy machine: the real provider's patience, but never less than this on the wall. */
const leastRealSeconds = 30;

/** The caller's own limit (`customTimeouts` of a resource) goes before the type's. */
function patience(cloud: LocalCloud, call: CallContext, seconds: number): number {
  return call.timeoutSeconds ?? Math.max(seconds, leastRealSeconds * cloud.scale);
}

/** Waits as the real provider does: through the pending states to a target one; any other state is an error. */
export function waitFor<View>(
  cloud: LocalCloud,
  call: CallContext,
  look: () => View,
  expected: Expectation<View>,
): Promise<View> {
  return cloud.waitUntil(
    () => {
      const view = look();
      const status = expected.statusOf(view);
      if (expected.target.includes(status)) return view;
      if (expected.pending.includes(status)) return undefined;
      const reason = expected.reasonOf?.(view);
      throw new Error(
        `error waiting for ${expected.what} ${expected.id} to become ${expected.target.join(" or ")}: unexpected state '${status}'${
          reason === undefined ? "" : `: ${reason}`
        }`,
      );
    },
    { timeoutSeconds: patience(cloud, call, expected.timeoutSeconds ?? 600), signal: call.signal },
  );
}

/** Waits until the cloud knows it: what was accepted may not show at once. */
export async function waitUntilKnown<View>(
  cloud: LocalCloud,
  call: CallContext,
  look: () => View,
  timeoutSeconds = 600,
): Promise<View> {
  const { view } = await cloud.waitUntil(
    () => {
      try {
        return { view: look() };
      } catch (error) {
        if (error instanceof CloudError && error.status === 404) return undefined;
        throw error;
      }
    },
    { timeoutSeconds: patience(cloud, call, timeoutSeconds), signal: call.signal },
  );
  return view;
}

/** Waits until the cloud no longer knows it. */
export async function waitUntilGone(
  cloud: LocalCloud,
  call: CallContext,
  look: () => unknown,
  timeoutSeconds = 600,
): Promise<void> {
  await cloud.waitUntil(
    () => {
      try {
        look();
        return false;
      } catch (error) {
        if (error instanceof CloudError && error.status === 404) return true;
        throw error;
      }
    },
    { timeoutSeconds: patience(cloud, call, timeoutSeconds), signal: call.signal },
  );
}

/** Refused with 409 for now: tried again, as the real provider does for this type; in the end the waiting is what failed. */
export function retryConflict<Result>(cloud: LocalCloud, call: CallContext, work: () => Result): Promise<Result> {
  return cloud.retryWhile(work, { statuses: [409], timeoutSeconds: patience(cloud, call, 600), signal: call.signal });
}

/** The same for a type whose real provider tells the last refusal in the end. */
export async function retryRefused<Result>(cloud: LocalCloud, call: CallContext, work: () => Result): Promise<Result> {
  let refusal: unknown;
  const tried = () => {
    try {
      return work();
    } catch (error) {
      refusal = error;
      throw error;
    }
  };
  try {
    return await retryConflict(cloud, call, tried);
  } catch (error) {
    throw isTimeout(error) && refusal !== undefined ? refusal : error;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof CloudError && error.status === 504;
}
