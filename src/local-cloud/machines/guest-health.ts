import { Agent, get } from "node:http";
import type { Socket } from "node:net";
import { messageOf } from "../../core/errors.ts";
import { host } from "../../os/host.ts";
import type { BootedGuest } from "../guests/front-health/types.ts";

/** Pause between two checks of one machine, in milliseconds. */
const pauseMs = 1_000;
/** Longest wait for an answer, in milliseconds: that of the load balancer's monitor. */
const answerLimitMs = 4_000;
/** Most characters of a health check's answer that are repeated. */
const shownCharacters = 200;

/** A service by which a machine's health is judged. */
export interface GuestService {
  readonly port: number;
  /** For messages. */
  readonly server: string;
  /** Asks it over a new connection. @returns why it does not serve; undefined: it does */
  readonly ask: (socket: Socket) => Promise<string | undefined>;
}

/** Most telling first. */
export const guestServices: readonly GuestService[] = [
  { port: 80, server: "web server", ask: askHealthCheck },
  { port: 22, server: "SSH server", ask: askForBanner },
];

export interface GuestHealthArgs {
  /** Connects to a port of the machine. */
  readonly connect: (port: number) => Promise<Socket>;
  /** What the machine serves at the moment; undefined: its security groups let nothing in that could be asked. */
  readonly serves: () => GuestService | undefined;
  /** Called when the machine answers in another way than before. */
  readonly onChange: () => void;
}

/** Asks a machine's service again and again, as a load balancer does, until it is closed. */
export class GuestHealth {
  readonly #args: GuestHealthArgs;
  #last: BootedGuest = { running: false, reason: "it has not answered yet" };
  #stopTimer: (() => void) | undefined;
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
    this.#stopTimer?.();
  }

  async #examine(): Promise<void> {
    const found = await this.#ask();
    if (this.#closed) return;
    const { running, reason } = this.#last;
    this.#last = found;
    if (running !== found.running || reason !== found.reason) this.#args.onChange();
    this.#stopTimer = host().after(pauseMs, () => void this.#examine(), { mayEnd: true });
  }

  async #ask(): Promise<BootedGuest> {
    const service = this.#args.serves();
    if (service === undefined) return { running: true, reason: undefined };
    let socket: Socket;
    try {
      socket = await this.#args.connect(service.port);
    } catch (error) {
      return { running: false, reason: `its ${service.server} refuses connections (${messageOf(error)})` };
    }
    return { running: true, reason: await service.ask(socket) };
  }
}

async function askHealthCheck(socket: Socket): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const agent = new Agent();
  agent.createConnection = () => socket;
  const request = get({ host: "guest", path: "/health", agent, timeout: answerLimitMs }, (response) => {
    let body = "";
    response.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    response.on("end", () => {
      if (response.statusCode === 200) resolve(undefined);
      else resolve(`its health check answers ${response.statusCode}: ${body.trim().slice(0, shownCharacters)}`);
    });
  });
  request.on("timeout", () => request.destroy(noAnswer()));
  request.on("error", (error) => resolve(`its health check fails: ${error.message}`));
  return await promise;
}

/** A server of SSH speaks first (RFC 4253, 4.2). */
async function askForBanner(socket: Socket): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  socket.setEncoding("latin1").setTimeout(answerLimitMs);
  socket.once("data", (text: string) => resolve(text.startsWith("SSH-") ? undefined : "its port 22 speaks no SSH"));
  socket.once("timeout", () => socket.destroy(noAnswer()));
  socket.once("error", (error) => resolve(`its SSH server fails: ${error.message}`));
  socket.once("close", () => resolve("its SSH server closes the connection"));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

function noAnswer(): Error {
  return new Error(`no answer within ${answerLimitMs} ms`);
}
