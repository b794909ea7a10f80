import { S3ServiceException } from "@aws-sdk/client-s3";
import { ExitCode, LorError, type LorErrorDetails } from "../core/errors.ts";
import { systemClock } from "../os/host.ts";

const sameCommand = "then the same command again";

/** Names that servers and the SDK give to keys that have expired, or that a profile of AWS does not have. */
const expiredKeys = new Set(["ExpiredToken", "InvalidToken", "TokenRefreshRequired"]);
const unreadableKeys = new Set(["CredentialsProviderError", "TokenProviderError"]);
const otherRegion = new Set(["AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect"]);
const wrongClock = new Set(["RequestTimeTooSkewed", "RequestExpired"]);

/**
 * A failure of a call to the server of the state, by what the user can do about it.
 * @param where the object that was asked for, without parameters of the URL
 */
export function bucketError(cause: unknown, where: string): LorError {
  return new LorError({ culprit: "user", seen: where, cause, ...detailsOf(cause) });
}

type Details = Pick<LorErrorDetails, "code" | "message" | "exit" | "next"> & Partial<LorErrorDetails>;

function detailsOf(cause: unknown): Details {
  const status = cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
  const name = cause instanceof Error ? cause.name : "";
  const words = cause instanceof Error ? cause.message : "";
  if (name === "NoSuchBucket") {
    return {
      code: "state-bucket-missing",
      message: "the bucket of the state does not exist",
      exit: ExitCode.failed,
      path: "state.backend",
      next: `create the bucket, ${sameCommand}`,
    };
  }
  if (unreadableKeys.has(name)) {
    return {
      code: "state-credentials-missing",
      message: `the keys to the state's bucket cannot be read: ${words}`,
      exit: ExitCode.usage,
      path: "AWS_PROFILE",
      accepted: "a profile that has keys, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
      next: `aws configure list, ${sameCommand}`,
    };
  }
  if (wrongClock.has(name)) {
    return {
      code: "state-clock-wrong",
      message: `the server of the state refuses the time of this machine (${name})`,
      exit: ExitCode.failed,
      seen: clocks(cause),
      accepted: "a clock that is at most 15 minutes off",
      next: `set the clock (timedatectl set-ntp true; in WSL: sudo hwclock -s), ${sameCommand}`,
    };
  }
  if (otherRegion.has(name)) {
    return {
      code: "state-region-wrong",
      message: `the bucket of the state is in another region or at another endpoint (${status} ${name}: ${words})`,
      exit: ExitCode.usage,
      path: "state.backend",
      accepted: "region and endpoint of the bucket",
      next: `correct them in state.backend, ${sameCommand}`,
    };
  }
  if (status === 401 || status === 403 || expiredKeys.has(name)) {
    return {
      code: "state-denied",
      message: `the server of the state rejects these keys (${name})`,
      exit: ExitCode.failed,
      path: "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
      accepted: "valid keys that may list, read, write and delete there",
      next: `set other keys in the shell, ${sameCommand}`,
    };
  }
  if (status !== undefined) {
    const passing = status === 429 || status >= 500;
    return {
      code: "state-unreachable",
      message: `the state cannot be reached: the server answered ${status} ${name}${words === "" || words === name ? "" : `: ${words}`}`,
      exit: ExitCode.failed,
      culprit: "cloud",
      path: "state.backend",
      next: `${passing ? "wait a minute" : "correct state.backend"}, ${sameCommand}`,
    };
  }
  return {
    code: "state-unreachable",
    message: `the state cannot be reached (${cause instanceof Error && "code" in cause ? String(cause.code) : name})`,
    exit: ExitCode.failed,
    culprit: "cloud",
    path: "state.backend",
    next: `check the network and the endpoint, ${sameCommand}`,
  };
}

function clocks(cause: unknown): string {
  const here = `this machine ${systemClock.now().toISOString()}`;
  const date = cause instanceof S3ServiceException ? cause.$response?.headers.date : undefined;
  const there = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(there) ? here : `${here}, the server ${new Date(there).toISOString()}`;
}
