import type { Socket } from "node:dgram";
import type { Server } from "node:net";
import { AUTHORITATIVE_ANSWER, decode, encode, type Packet, RECURSION_AVAILABLE, RECURSION_DESIRED } from "dns-packet";
import { answerDnsStream } from "../../kernel/dns-stream.ts";

/** Address of a name in lower case without a final dot; undefined: there is no such name. */
export type Resolve = (name: string) => string | undefined;

/** Return code for a name that does not exist. Source: RFC 1035, 4.1.1. */
const nameError = 3;
/** Names may move to another address at any moment (a database that is restored). Seconds. */
const ttl = 5;

/**
 * Answers DNS questions by UDP and TCP, until both are closed. Addresses are IPv4. Every unknown name is refused at once (NXDOMAIN),
 * so that no machine waits for the internet.
 */
export function answerNames(socket: Socket, server: Server, resolve: Resolve): void {
  server.on("connection", (client) => answerDnsStream(client, (message) => answerTo(message, resolve)));
  socket.on("message", (message, from) => {
    const answer = answerTo(message, resolve);
    if (answer !== undefined) socket.send(answer, from.port, from.address);
  });
}

function answerTo(message: Buffer, resolve: Resolve): Buffer | undefined {
  let query: Packet;
  try {
    query = decode(message);
  } catch {
    return undefined;
  }
  const question = query.questions?.[0];
  if (query.type !== "query" || question === undefined) return undefined;
  const address = resolve(question.name.toLowerCase().replace(/\.$/, ""));
  return encode({
    type: "response",
    ...(query.id === undefined ? {} : { id: query.id }),
    flags:
      AUTHORITATIVE_ANSWER |
      RECURSION_AVAILABLE |
      ((query.flags ?? 0) & RECURSION_DESIRED) |
      (address === undefined ? nameError : 0),
    questions: [question],
    answers:
      address === undefined || question.type !== "A" ? [] : [{ type: "A", name: question.name, ttl, data: address }],
  });
}
