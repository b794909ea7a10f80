import type { ErrorCode } from "../../core/error-codes.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import type { Clock } from "../../os/clock.ts";
import { type Host, host, systemClock } from "../../os/host.ts";
import { poll } from "../../os/poll.ts";
import { withinTime } from "../../os/time-limit.ts";

/** A call that failed, or that the cloud did not answer. */
export class CloudCallError extends LorError {
  /** HTTP status, or 0 without a response. */
  readonly status: number;
  /** Message of the service, shortened. */
  readonly answer: string;

  constructor(call: CloudCall, status: number, answer: string, cause?: unknown) {
    const where = `${call.method} ${new URL(call.url).pathname}`;
    super({
      code: codeOf(status),
      message:
        status === 0
          ? `${call.service} did not answer ${where}: ${answer}`
          : `${call.service} answered ${status} to ${where}: ${answer}`,
      exit: ExitCode.failed,
      culprit: "cloud",
      next: nextOf(status),
      ...(cause === undefined ? {} : { cause }),
    });
    this.name = "CloudCallError";
    this.status = status;
    this.answer = answer;
  }
}

export interface CloudCall {
  /** Name of the service for messages: `Nova`, `Octavia`, `OVHcloud`. */
  readonly service: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Whether the call is idempotent. Default: every method but POST. */
  readonly idempotent?: boolean;
}

export interface CloudAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined for a response without a body, or in another format. */
  readonly body: unknown;
  /** The body as it came. */
  readonly bytes: Uint8Array;
}

/** Dependencies of a call, so that tests control time. */
export interface CallOptions {
  /** Maximum number of attempts of an idempotent call. Default 6. */
  readonly attempts?: number;
  /** Pause before the second attempt, in milliseconds; doubles up to 5 s. Default 200. */
  readonly firstPauseMs?: number;
  /** Timeout of one response, in milliseconds. Default 60000. */
  readonly timeoutMs?: number;
  /** Limit for a state such as ACTIVE, in milliseconds. Default 20 minutes: a resize of a large disk takes that long. */
  readonly waitMs?: number;
  readonly clock?: Clock;
  /** Sends one call. Default: as the host does, over the network. */
  readonly fetch?: Host["fetch"];
}

const longestPauseMs = 5_000;

/** Sends calls; retries idempotent ones when the cloud is busy, a load balancer immutable, or the connection lost. */
export class Caller {
  readonly #options: Required<CallOptions>;

  constructor(options: CallOptions = {}) {
    this.#options = {
      attempts: options.attempts ?? 6,
      firstPauseMs: options.firstPauseMs ?? 200,
      timeoutMs: options.timeoutMs ?? 60_000,
      waitMs: options.waitMs ?? 20 * 60_000,
      clock: options.clock ?? systemClock,
      fetch: options.fetch ?? ((...call) => host().fetch(...call)),
    };
  }

  /** @throws CloudCallError `cloud-unreachable`, `cloud-unauthorized`, `cloud-not-found`, `cloud-conflict`, `cloud-refused`, `cloud-failed` */
  async send(call: CloudCall): Promise<CloudAnswer> {
    const idempotent = call.idempotent ?? call.method !== "POST";
    return idempotent ? await this.repeat(() => this.#sendOnce(call)) : await this.#sendOnce(call);
  }

  /** Retries an idempotent operation while its error is temporary. */
  async repeat<T>(effect: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await effect();
      } catch (error) {
        if (!(error instanceof CloudCallError)) throw error;
        if (attempt >= this.#options.attempts || !mayPass(error)) throw error;
        await this.#options.clock.sleep(this.#pause(2 ** (attempt - 1)));
      }
    }
  }

  /**
   * Polls until `done` returns true, with growing pauses.
   * @throws LorError `cloud-too-slow` after `waitMs`
   */
  async waitFor<T>(what: string, read: () => Promise<T>, done: (value: T) => boolean): Promise<T> {
    const { clock, waitMs } = this.#options;
    const interval = (pauses: number) => this.#pause(1.5 ** pauses);
    const { seen, good } = await poll({ look: read, good: done, interval, limit: waitMs, clock });
    if (good) return seen;
    throw new LorError({
      code: "cloud-too-slow",
      message: `waited ${Math.round(waitMs / 1000)} s for ${what}`,
      exit: ExitCode.failed,
      culprit: "cloud",
      next: "lor-infra status",
    });
  }

  #pause(growth: number): number {
    return Math.min(this.#options.firstPauseMs * growth, longestPauseMs);
  }

  async #sendOnce(call: CloudCall): Promise<CloudAnswer> {
    let answered: { readonly response: Response; readonly bytes: Uint8Array };
    try {
      answered = await withinTime(this.#options.timeoutMs, (signal) => this.#answerTo(call, signal));
    } catch (error) {
      throw new CloudCallError(call, 0, causeOf(error), error);
    }
    const { response, bytes } = answered;
    const text = new TextDecoder().decode(bytes);
    if (!response.ok) throw new CloudCallError(call, response.status, errorText(text));
    const isJson = (call.headers?.accept ?? "json").includes("json");
    const body = isJson ? parsed(call, response, text) : undefined;
    return { status: response.status, headers: response.headers, body, bytes };
  }

  async #answerTo(call: CloudCall, signal: AbortSignal) {
    const response = await this.#options.fetch(call.url, {
      method: call.method,
      headers: {
        accept: "application/json",
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal,
      redirect: "error",
    });
    return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
  }
}

function parsed(call: CloudCall, response: Response, text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CloudCallError(call, response.status, "not JSON", error);
  }
}

/** Next command after a response of this status. */
function nextOf(status: number): string {
  switch (status) {
    case 401:
    case 403:
    // The service does not have this call, and will not have it later.
    case 501:
      return "lor-infra doctor";
    // The state and the cloud differ.
    case 404:
    case 409:
      return "lor-infra preview --detect";
    case 429:
      return "run the same command again in a minute: it goes on from there";
  }
  if (status === 0 || status >= 500)
    return "run the same command again when the service answers: it goes on from there";
  // A rejected request is caused by a setting; an unreadable response by something between this machine and the cloud.
  return status >= 400 ? "lor-infra check" : "lor-infra doctor";
}

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 0:
      return "cloud-unreachable";
    case 401:
    case 403:
      return "cloud-unauthorized";
    case 404:
      return "cloud-not-found";
    case 409:
      return "cloud-conflict";
    case 501:
      return "cloud-refused";
    default:
      return status >= 500 || status === 429 ? "cloud-failed" : "cloud-refused";
  }
}

/** Octavia answers 409 "immutable" while another change is in progress; other conflicts are permanent. */
function mayPass(error: CloudCallError): boolean {
  if (error.status === 501) return false;
  if (error.status === 0 || error.status === 429 || error.status >= 500) return true;
  return error.status === 409 && /immutable/i.test(error.answer);
}

/** `fetch` hides the reason (ECONNREFUSED…) in `cause`. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "connection failed";
  const cause = error.cause as { code?: unknown; message?: unknown } | undefined;
  if (typeof cause?.code === "string") return cause.code;
  if (typeof cause?.message === "string" && cause.message !== "") return cause.message;
  return error.name === "TimeoutError" ? "no answer in time" : error.message;
}

/** Message in an error body: Nova `{conflictingRequest:{message}}`, Neutron `{NeutronError}`, Octavia `{faultstring}`, OVHcloud `{message}`. */
function errorText(text: string): string {
  const short = (value: string) => value.replaceAll(/\s+/g, " ").slice(0, 300);
  try {
    return short(messageIn(JSON.parse(text)) ?? text);
  } catch {
    return short(text);
  }
}

function messageIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const record = value as Record<string, unknown>;
  for (const key of ["message", "faultstring", "description"]) {
    const found = record[key];
    if (typeof found === "string") return found;
  }
  for (const inner of Object.values(record)) {
    const found = messageIn(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
