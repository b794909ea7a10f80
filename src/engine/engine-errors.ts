import { ExitCode, LorError, type LorErrorDetails } from "../core/errors.ts";

export interface EngineFailure {
  /** What the engine wrote, scrubbed of secrets. */
  readonly text: string;
}

/** First form: everything unknown keeps its text. */
export function engineError(failure: EngineFailure): LorError {
  const details: LorErrorDetails = {
    code: "engine-failed",
    message: `the engine stopped: ${failure.text.trim()}`,
    exit: ExitCode.failed,
    culprit: "cloud",
  };
  return new LorError(details);
}
