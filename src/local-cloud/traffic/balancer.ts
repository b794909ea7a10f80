import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { createProxyServer } from "http-proxy-3";
import { host } from "../../os/host.ts";
import { loopback } from "./address.ts";
import type { TrafficCounters } from "./figures.ts";
import type { MemberMonitor, WatchedMember, WatchedPool } from "./member-monitor.ts";
import type { ListenerModel } from "./model.ts";

/** Members tried when connections are refused: `retries 3` and `option redispatch` of Octavia's HAProxy template. */
const connectionAttempts = 4;

export interface BalancerArgs {
  /** Load balancer that the listener belongs to. */
  readonly balancerId: string;
  readonly portOffset: number;
  readonly counters: TrafficCounters;
  /** The listener as it is now. */
  readonly listener: () => ListenerModel | undefined;
  readonly pool: (poolId: string) => { readonly pool: WatchedPool; readonly monitor: MemberMonitor } | undefined;
}

/** One listener of a load balancer: takes requests in and gives them to the members in turn. */
export function createBalancerServer(args: BalancerArgs, pkcs12: Buffer | undefined): Server {
  const forwarder = new Forwarder(args, pkcs12 !== undefined);
  const forward = (request: IncomingMessage, response: ServerResponse) => {
    // An idle connection, for the listener as it is now.
    server.keepAliveTimeout = args.listener()?.timeouts.client ?? server.keepAliveTimeout;
    void forwarder.handle(request, response);
  };
  const server: Server =
    pkcs12 === undefined ? createServer(forward) : createTlsServer({ pfx: pkcs12, passphrase: "" }, forward);
  server.keepAliveTimeout = args.listener()?.timeouts.client ?? 0;
  countConnections(server, args);
  return server;
}

/** As HAProxy counts what Octavia tells of a listener: connections, whatever number of requests each carries. */
function countConnections(server: Server, { balancerId, counters }: BalancerArgs): void {
  server.on("connection", (socket: Socket) => {
    counters.connectionOpened(balancerId);
    socket.once("close", () =>
      counters.connectionClosed(balancerId, { in: socket.bytesRead, out: socket.bytesWritten }),
    );
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // A client that hangs up has asked nothing.
    if (error.code === "ECONNRESET" || !socket.writable) return socket.destroy();
    counters.requestError(balancerId);
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  });
}

class Forwarder {
  readonly #args: BalancerArgs;
  readonly #secure: boolean;
  readonly #proxy = createProxyServer();
  readonly #turn = { next: 0 };
  /** Answers whose member went away before the end. */
  readonly #cut = new WeakSet<object>();

  constructor(args: BalancerArgs, secure: boolean) {
    this.#args = args;
    this.#secure = secure;
    // Every request brings its own error handling; this one keeps a late error of a closed one from ending the process.
    this.#proxy.on("error", () => undefined);
    this.#proxy.on("proxyRes", (answer, _request, response) => {
      // Between balancer and member only: as with HAProxy, the customer's own connection stays open.
      delete answer.headers.connection;
      delete answer.headers["keep-alive"];
      answer.once("close", () => {
        if (answer.complete) return;
        this.#cut.add(response);
        response.destroy();
      });
    });
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { counters } = this.#args;
    counters.request();
    const listener = this.#args.listener();
    const target = await connectMember(this.#args, listener, this.#turn);
    if (target === undefined) {
      counters.failure("no member");
      response
        .writeHead(503, { "content-type": "text/plain" })
        .end("503 no server is available to handle this request\n");
      return;
    }
    const { member, socket } = target;
    let late = false;
    socket.setTimeout(listener?.timeouts.memberData ?? 0, () => {
      late = true;
      socket.destroy();
    });
    counters.begin(member.id);
    response.on("close", () => {
      counters.end(member.id);
      socket.destroy();
      // A client that leaves before its answer is no failure of the cloud.
      if (this.#cut.has(response)) counters.failure("connection cut", member.id);
      else if (response.writableFinished && response.statusCode >= 500) {
        counters.failure(`status ${response.statusCode}`, member.id);
      }
    });
    if (listener?.forwardedProto === true) request.headers["x-forwarded-proto"] = this.#secure ? "https" : "http";
    const address = loopback(member.address, member.port, this.#args.portOffset);
    this.#proxy.web(request, response, { target: { ...address, protocol: "http:" }, agent: agentOf(socket) }, () => {
      if (late && !response.headersSent) {
        response.writeHead(504, { "content-type": "text/plain" }).end("504 the server did not answer in time\n");
        return;
      }
      this.#cut.add(response);
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { "content-type": "text/plain" }).end("502 the server did not answer\n");
    });
  }
}

/** A connection to the next member that accepts one. A request is only sent once connected: it never has to be sent twice. */
async function connectMember(
  args: BalancerArgs,
  listener: ListenerModel | undefined,
  turn: { next: number },
): Promise<{ member: WatchedMember; socket: Socket } | undefined> {
  if (listener?.poolId === undefined) return undefined;
  for (let attempt = 0; attempt < connectionAttempts; attempt++) {
    const found = args.pool(listener.poolId);
    const open = found?.pool.members.filter((member) => member.weight > 0 && found.monitor.isUp(member.id)) ?? [];
    const member = inTurn(open, turn);
    if (member === undefined) return undefined;
    const socket = member.reachable()
      ? await acceptedWithin(member.connect(), listener.timeouts.memberConnect)
      : undefined;
    if (socket !== undefined) return { member, socket };
  }
  return undefined;
}

/** Weighted round robin: a member appears as often as its weight, relative to the smallest one. */
function inTurn(members: readonly WatchedMember[], turn: { next: number }): WatchedMember | undefined {
  const total = members.reduce((sum, member) => sum + member.weight, 0);
  if (total === 0) return undefined;
  let position = turn.next++ % total;
  for (const member of members) {
    if (position < member.weight) return member;
    position -= member.weight;
  }
  return undefined;
}

/** Undefined when the connection is refused, or not accepted within the limit. */
async function acceptedWithin(connection: Promise<Socket>, limitMs: number): Promise<Socket | undefined> {
  const limit = Promise.withResolvers<undefined>();
  const stopTimer = host().after(limitMs, () => limit.resolve(undefined));
  const made = connection.then(
    // Until the request takes it over, nobody else listens to its errors.
    (socket) => socket.on("error", () => undefined),
    () => undefined,
  );
  const socket = await Promise.race([made, limit.promise]);
  stopTimer();
  if (socket === undefined) void made.then((late) => late?.destroy());
  return socket;
}

/** An agent that uses the connection made before. */
function agentOf(socket: Socket): Agent {
  const agent = new Agent({ keepAlive: false, maxSockets: 1 });
  agent.createConnection = () => socket;
  return agent;
}
