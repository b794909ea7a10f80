import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { createServer, type Server, Socket } from "node:net";

/** Order to the process inside a namespace (`NamespaceSockets`). */
export interface SocketRequest {
  readonly id: number;
  readonly kind: "listen" | "bind" | "connect";
  readonly address: string;
  readonly port: number;
}

export interface SocketReply {
  readonly id: number;
  readonly error?: { readonly message: string; readonly code: string | undefined };
}

process.on("message", (request: SocketRequest) => open(request));
// The parent is gone: nothing of this cloud may stay behind.
process.on("disconnect", () => process.exit(0));
process.send?.({ id: 0 } satisfies SocketReply);

function open({ id, kind, address, port }: SocketRequest): void {
  const fail = (error: NodeJS.ErrnoException) =>
    process.send?.({ id, error: { message: error.message, code: error.code } } satisfies SocketReply);
  if (kind === "listen") {
    const server = createServer({ pauseOnConnect: true }).once("error", fail);
    server.listen(port, address, () => pass(id, server, () => server.close()));
  } else if (kind === "bind") {
    const socket = createSocket("udp4").once("error", fail);
    socket.bind(port, address, () => pass(id, socket, () => socket.close()));
  } else {
    // Paused: what the other side says first is for the parent to read.
    const socket = new Socket({ allowHalfOpen: true }).pause().once("error", fail);
    socket.connect(port, address, () => pass(id, socket, () => undefined));
  }
}

/** Passes the socket to the parent; `close` closes this process's copy. */
function pass(id: number, handle: Server | Socket | DatagramSocket, close: () => void): void {
  process.send?.({ id } satisfies SocketReply, handle, {}, close);
}
