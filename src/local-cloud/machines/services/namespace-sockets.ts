import { type ChildProcess, spawn } from "node:child_process";
import type { Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { MachineNetwork } from "./machine-network.ts";
import type { SocketReply, SocketRequest } from "./open-sockets.ts";

type Handle = Server | Socket | DatagramSocket;

/**
 * Sockets of another network namespace for this process. A child process inside the namespace opens them and passes them over: a socket stays
 * in the namespace in which it was opened, whoever holds it. So a server sees its clients' real addresses, and no byte is copied.
 */
export class NamespaceSockets {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<Handle>>();
  #last = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (reply: SocketReply, handle) => this.#settle(reply, handle as Handle | undefined));
    child.once("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the process inside the namespace has ended"));
      this.#waiting.clear();
    });
  }

  /** @throws Error when the namespace cannot be entered */
  static async open(network: MachineNetwork): Promise<NamespaceSockets> {
    const opener = new URL(`./open-sockets${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
    const [program = "", ...args] = network.inside([process.execPath, fileURLToPath(opener)]);
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe", "ipc"], env: {} });
    let complaint = "";
    child.stderr?.on("data", (text: Buffer) => {
      complaint = `${complaint}${text.toString()}`.slice(-2000);
    });
    const ready = await Promise.race([
      once(child, "message").then(() => true),
      once(child, "exit").then(() => false),
      once(child, "error").then(() => false),
    ]);
    if (!ready) throw new Error(`the network namespace cannot be entered: ${complaint.trim()}`);
    return new NamespaceSockets(child);
  }

  /** A listening TCP server for `http.Server.listen` and its like. @throws Error with the code of listen, such as EADDRINUSE */
  listen(address: string, port: number): Promise<Server> {
    return this.#ask({ kind: "listen", address, port }) as Promise<Server>;
  }

  /** A bound UDP socket. */
  bind(address: string, port: number): Promise<DatagramSocket> {
    return this.#ask({ kind: "bind", address, port }) as Promise<DatagramSocket>;
  }

  /** A TCP connection to an address inside the namespace. */
  connect(address: string, port: number): Promise<Socket> {
    return this.#ask({ kind: "connect", address, port }) as Promise<Socket>;
  }

  /** Sockets that were passed over stay open. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  #ask(wanted: Omit<SocketRequest, "id">): Promise<Handle> {
    this.#last += 1;
    const waiting = Promise.withResolvers<Handle>();
    this.#waiting.set(this.#last, waiting);
    this.#child.send({ id: this.#last, ...wanted } satisfies SocketRequest, (error) => {
      if (error !== null) waiting.reject(error);
    });
    return waiting.promise;
  }

  #settle({ id, error }: SocketReply, handle: Handle | undefined): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (handle !== undefined) waiting?.resolve(handle);
    else waiting?.reject(Object.assign(new Error(error?.message ?? "no socket"), { code: error?.code }));
  }
}
