import type { Socket } from "node:net";

/**
 * Answers the one question that a client sends over TCP, each message preceded by its length in two bytes (RFC 1035, 4.2.2).
 * @param answer undefined for a message that is no question: the connection is closed
 */
export function answerDnsStream(socket: Socket, answer: (message: Buffer) => Uint8Array | undefined): void {
  let received = Buffer.alloc(0);
  socket.setTimeout(5_000, () => socket.destroy());
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < 2 || received.length < received.readUInt16BE(0) + 2) return;
    const reply = answer(received.subarray(2, received.readUInt16BE(0) + 2));
    if (reply === undefined) {
      socket.destroy();
      return;
    }
    const length = Buffer.alloc(2);
    length.writeUInt16BE(reply.length);
    socket.end(Buffer.concat([length, reply]));
  });
  // Servers of another network namespace accept paused sockets.
  socket.resume();
}
