import { Server, type Socket } from "node:net";

/** Joins every connection on loopback to a new one to a port of a machine that really boots. */
export class MachineDoor extends Server {
  readonly #sockets = new Set<Socket>();

  /** @param connect a new connection to the machine; rejects when the machine refuses */
  constructor(connect: () => Promise<Socket>) {
    // Half-open: one side may have said everything while the other still answers.
    super({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    this.on("connection", (client: Socket) => {
      this.#keep(client);
      connect().then(
        (target) => this.#join(client, target),
        () => client.resetAndDestroy(),
      );
    });
  }

  /** Cuts what is open, as by a machine that is switched off. */
  closeAllConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Nothing is known of requests here: what is open goes on. */
  closeIdleConnections(): void {}

  #join(client: Socket, target: Socket): void {
    if (client.destroyed) {
      target.destroy();
      return;
    }
    this.#keep(target);
    target.setNoDelay(true);
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      socket.on("error", () => other.destroy());
      socket.on("close", () => other.destroySoon());
    }
    client.pipe(target);
    target.pipe(client);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}
