import { Agent, type IncomingMessage, request } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { systemClock } from "../../os/host.ts";

export interface WatchRequestsArgs {
  /** Loopback only: `127.…`. */
  readonly host: string;
  readonly port: number;
  /** Host header, as a browser would send it. */
  readonly domain: string;
  /** Ask by HTTPS, whoever signed the certificate, and take only a page (status 200) for an answer. Default false. */
  readonly secure?: boolean;
  /** Number of parallel clients. Default 4. */
  readonly clients?: number;
  /** Pause of each client between two requests, in milliseconds. Default 10. */
  readonly pauseMs?: number;
  /** Maximum number of requests. Default 50,000. */
  readonly most?: number;
  /** Timeout after which a request counts as lost, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

export interface RequestFigures {
  readonly sent: number;
  /** Requests without an answer, or with a status of 500 or more; by HTTPS, with any status but 200. */
  readonly lost: number;
  /** Number of lost requests by reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Characters of a page that are kept as a reason. */
const longestReason = 120;

/** Customers of a shop on the local cloud, until `stop`: shows that a switch loses no request. */
export class RequestWatch {
  readonly #stopped = new AbortController();
  readonly #clients: Promise<void>[];
  readonly #reasons: Record<string, number> = {};
  #sent = 0;
  #lost = 0;

  constructor(args: WatchRequestsArgs) {
    if (!args.host.startsWith("127.")) throw new RangeError(`requests go to loopback only, not to ${args.host}`);
    const agent = args.secure === true ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
    this.#clients = Array.from({ length: args.clients ?? 4 }, () => this.#client(args, agent));
  }

  /** Ends the clients and returns the totals. */
  async stop(): Promise<RequestFigures> {
    this.#stopped.abort();
    await Promise.all(this.#clients);
    return { sent: this.#sent, lost: this.#lost, reasons: this.#reasons };
  }

  async #client(args: WatchRequestsArgs, agent: Agent): Promise<void> {
    while (!this.#stopped.signal.aborted && this.#sent < (args.most ?? 50_000)) {
      this.#sent += 1;
      const problem = await ask(args, agent);
      if (problem !== undefined) {
        this.#lost += 1;
        this.#reasons[problem] = (this.#reasons[problem] ?? 0) + 1;
      }
      await systemClock.sleep(args.pauseMs ?? 10, this.#stopped.signal).catch(() => undefined);
    }
  }
}

/** Sends one request. @returns why it was lost, or undefined */
function ask(
  { host, port, domain, secure, timeoutMs = 10_000 }: WatchRequestsArgs,
  agent: Agent,
): Promise<string | undefined> {
  return new Promise((done) => {
    const place = { host, port, path: "/", headers: { host: domain }, agent, timeout: timeoutMs };
    const onAnswer = (answer: IncomingMessage) => {
      const { statusCode = 0 } = answer;
      const isPage = secure === true ? statusCode === 200 : statusCode < 500;
      let told = "";
      answer.on("data", (part: Buffer) => {
        if (!isPage && told.length < longestReason) told += part.toString();
      });
      answer.on("end", () => done(isPage ? undefined : reasonOf(statusCode, told)));
      answer.on("error", (error) => done(error.message));
    };
    const call =
      secure === true
        ? secureRequest({ ...place, servername: domain, rejectUnauthorized: false }, onAnswer)
        : request(place, onAnswer);
    call.on("timeout", () => call.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)));
    call.on("error", (error) => done(error.message));
    call.end();
  });
}

/** The page tells whether the load balancer or a front refused. */
function reasonOf(status: number, page: string): string {
  const text = page
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return `status ${status}: ${text.slice(0, longestReason)}`;
}
