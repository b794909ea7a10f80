import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type Packet } from "dns-packet";
import { answerDnsStream } from "../../kernel/dns-stream.ts";
import type { DnsAnswer, OvhZonesApi } from "./types.ts";

/** Response codes. Source: RFC 1035, 4.1.1. */
const nameError = 3;
const refused = 5;

export interface DnsServer {
  /** Such as `127.0.0.1:41235`. */
  readonly address: string;
  close(): Promise<void>;
}

/** The name servers of the account's zones, by UDP and TCP on one loopback port. */
export async function startDnsServer(zones: Pick<OvhZonesApi, "resolve">): Promise<DnsServer> {
  const host = "127.0.0.1";
  const tcp = createServer((socket) => answerDnsStream(socket, (message) => answer(zones, message)));
  await new Promise<void>((resolve, reject) => {
    tcp.once("error", reject).listen(0, host, () => resolve());
  });
  const { port } = tcp.address() as { readonly port: number };
  const udp = createSocket("udp4");
  udp.on("message", (message, { address, port: from }) => {
    const reply = answer(zones, message);
    if (reply !== undefined) udp.send(reply, from, address);
  });
  await new Promise<void>((resolve, reject) => {
    udp.once("error", reject).bind(port, host, () => resolve());
  });
  return {
    address: `${host}:${port}`,
    close: async () => {
      udp.close();
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}

/** @returns undefined for a message that is no question */
function answer(zones: Pick<OvhZonesApi, "resolve">, message: Buffer): Uint8Array | undefined {
  let query: Packet;
  try {
    query = decode(message);
  } catch {
    return undefined;
  }
  const [question] = query.questions ?? [];
  if (query.type !== "query" || question === undefined) return undefined;
  const found = zones.resolve(question.name, question.type);
  const code = found === undefined ? refused : found.exists ? 0 : nameError;
  return encode({
    type: "response",
    ...(query.id === undefined ? {} : { id: query.id }),
    flags: AUTHORITATIVE_ANSWER | ((query.flags ?? 0) & recursionDesired) | code,
    questions: [question],
    answers: (found?.answers ?? []).flatMap((entry) => record(entry) ?? []),
  });
}

const recursionDesired = 1 << 8;

function record({ type, name, ttl, target }: DnsAnswer): Answer | undefined {
  switch (type) {
    case "A":
    case "AAAA":
    case "CNAME":
    case "NS":
      return { type, name, ttl, data: target.replace(/\.$/, "") };
    case "TXT":
      return { type, name, ttl, data: texts(target) };
    case "MX": {
      const [preference = "0", exchange = ""] = target.split(/\s+/);
      return { type, name, ttl, data: { preference: Number(preference), exchange: exchange.replace(/\.$/, "") } };
    }
    case "CAA": {
      const [flags = "0", tag = "issue", ...value] = target.split(/\s+/);
      const issuer = value.join(" ").replaceAll('"', "");
      return {
        type,
        name,
        ttl,
        data: { flags: Number(flags), tag: tag as "issue", value: issuer, issuerCritical: Number(flags) > 127 },
      };
    }
    default:
      return undefined;
  }
}

/** Character strings of a TXT record: quoted ones as they are, others in pieces of 255 bytes. */
function texts(target: string): string[] {
  const quoted = [...target.matchAll(/"([^"]*)"/g)].map(([, inner]) => inner ?? "");
  return quoted.length > 0 ? quoted : (target.match(/.{1,255}/gs) ?? [""]);
}
