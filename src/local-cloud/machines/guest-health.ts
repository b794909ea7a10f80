import { Agent, get } from "node:http";
import type { Socket } from "node:net";
import { messageOf } from "../../core/errors.ts";
import type { BootedGuest } from "../guests/front-health/types.ts";

/** Pause between two checks of one machine, in milliseconds. */
const pauseMs = 1_000;
/** Longest wait for an answer, in milliseconds: that of the load balancer's monitor. */
const answerLimitMs = 4_000;
/** Most characters of a health check's answer that are repeated. */
const shownCharacters = 200;

export interface GuestHealthArgs {
  /** Connects to the machine's port 80. */
  readonly connect: () => Promise<Socket>;
  /** Called when the machine answers in another way than before. */
  readonly onChange: () => void;
}

/** Asks a machine's `/health` again and again, as a load balancer does, until it is closed. */
export class GuestHealth {
  readonly #args: GuestHealthArgs;
  #last: BootedGuest = { running: false, reason: "its web server has not answered yet" };
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(args: GuestHealthArgs) {
    this.#args = args;
    void this.#examine();
  }

  /** Its last answer. */
  get last(): BootedGuest {
    return this.#last;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #examine(): Promise<void> {
    const found = await this.#ask();
    if (this.#closed) return;
    const { running, reason } = this.#last;
    this.#last = found;
    if (running !== found.running || reason !== found.reason) this.#args.onChange();
    this.#timer = setTimeout(() => void this.#examine(), pauseMs);
    this.#timer.unref();
  }

  async #ask(): Promise<BootedGuest> {
    let socket: Socket;
    try {
      socket = await this.#args.connect();
    } catch (error) {
      return { running: false, reason: `its web server refuses connections (${messageOf(error)})` };
    }
    const { promise, resolve } = Promise.withResolvers<BootedGuest>();
    const agent = new Agent();
    agent.createConnection = () => socket;
    const fail = (reason: string) => resolve({ running: true, reason });
    const request = get({ host: "guest", path: "/health", agent, timeout: answerLimitMs }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => {
        if (response.statusCode === 200) resolve({ running: true, reason: undefined });
        else fail(`its health check answers ${response.statusCode}: ${body.trim().slice(0, shownCharacters)}`);
      });
    });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${answerLimitMs} ms`)));
    request.on("error", (error) => fail(`its health check fails: ${error.message}`));
    return await promise;
  }
}
