import { CloudCallError } from "../clouds/http/call.ts";
import { LorError } from "../core/errors.ts";
import type { Answer } from "../rolling/preflight/answer.ts";

/** The cloud's answer, or the reason why it could not be read: a missing permission is reported, never taken for a good answer. */
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
