import type { Socket } from "node:net";
import { connect, type PeerCertificate } from "node:tls";

export interface Handshakes {
  readonly handshakes: number;
  readonly failures: readonly string[];
  /** Of the certificates that were seen, in their order. */
  readonly fingerprints: ReadonlySet<string>;
}

/** Four TLS clients that connect one after another, as fast as they can. */
export class HandshakeClients {
  readonly #stopped = new AbortController();
  readonly #clients: Promise<void>[];
  readonly #fingerprints = new Set<string>();
  readonly #failures: string[] = [];
  #handshakes = 0;

  /**
   * @param name that they ask for
   * @param dial a new TCP connection
   */
  constructor(name: string, dial: () => Promise<Socket>) {
    this.#clients = Array.from({ length: 4 }, () => this.#run(name, dial));
  }

  async stop(): Promise<Handshakes> {
    // One more each, after the change.
    this.#stopped.abort();
    await Promise.all(this.#clients);
    return { handshakes: this.#handshakes, failures: this.#failures, fingerprints: this.#fingerprints };
  }

  async #run(name: string, dial: () => Promise<Socket>): Promise<void> {
    for (let last = false; !last; ) {
      last = this.#stopped.signal.aborted;
      this.#handshakes += 1;
      try {
        this.#fingerprints.add((await shownCertificate(name, await dial())).fingerprint256);
      } catch (error) {
        this.#failures.push(String(error));
      }
    }
  }
}

/** Certificate that a server shows to a client that asks for a name, whoever issued it. @throws Error when the handshake fails */
export function shownCertificate(name: string, socket: Socket): Promise<PeerCertificate> {
  const { promise, resolve, reject } = Promise.withResolvers<PeerCertificate>();
  const secure = connect({ socket, servername: name, rejectUnauthorized: false }, () => {
    resolve(secure.getPeerCertificate());
    secure.destroy();
  });
  secure.once("error", reject);
  secure.once("close", () => reject(new Error("closed before the handshake ended")));
  return promise;
}
