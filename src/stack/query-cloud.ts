import { CloudCallError } from "../clouds/http/call.ts";
import { LorError } from "../core/errors.ts";
import type { Answer } from "../rolling/preflight/answer.ts";

/** What the cloud answers, or why it does not: whoever may not ask learns that, and is never told that all is well. */
export async function askCloud<T>(ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { known: await ask() };
  } catch (error) {
    if (error instanceof CloudCallError && (error.status === 401 || error.status === 403)) {
      return { why: `this user may not ask (${error.message})` };
    }
    if (error instanceof LorError && error.culprit === "cloud") return { why: error.message };
    throw error;
  }
}
