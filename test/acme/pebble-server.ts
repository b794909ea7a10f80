import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:https";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { builtProgram } from "../../src/engine/built-program.ts";
import { freePort, hasEnded, kill } from "../own-server.ts";

/** Path of Pebble, the test server of Let's Encrypt's authors. A first build takes seconds. */
function installPebble(onProgress: (text: string) => void = () => {}): Promise<string> {
  return builtProgram({
    recipe: {
      binary: "pebble",
      modules: join(import.meta.dirname, "pebble"),
      buildArguments: ["-trimpath", "-ldflags", "-s -w", "github.com/letsencrypt/pebble/v2/cmd/pebble"],
    },
    version: "2.10.3",
    kind: "pebble",
    env: process.env,
    onProgress,
  });
}

/** Where it runs instead of this process's network. */
interface PebblePlace {
  /** Address and name that it has there. */
  readonly address: string;
  readonly host: string;
  /** Its own HTTPS, as PEM. */
  readonly identity: { readonly certificate: string; readonly key: string };
  /** The command line that runs a command there. */
  readonly inside: (command: readonly [string, ...string[]]) => readonly string[];
  /** A connection to its port; rejects while nothing listens. */
  readonly connect: (port: number) => Promise<Socket>;
}

export interface PebbleOptions {
  /** Default: on loopback. */
  readonly place?: PebblePlace;
  /** `host:port` of the DNS server that it asks. */
  readonly dnsServer: string;
  /** Port that it asks for the files of http-01. Default: 80. */
  readonly httpPort?: number;
  /** Validity of what it issues, in days. Default: 90. */
  readonly validityDays?: number;
  /** Names that it issues nothing for. */
  readonly blocked?: readonly string[];
  /** Percentage of good nonces that it refuses. Default: 20. */
  readonly refusedNonces?: number;
}

/** A certificate authority on loopback, strict, with random refusals of nonces. */
export class PebbleServer {
  /** URL of the directory. */
  readonly directory: string;
  /** File with the certificate of its own HTTPS, for NODE_EXTRA_CA_CERTS. */
  readonly trustFile: string;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, host: string, process: ChildProcess) {
    this.#folder = folder;
    this.#process = process;
    this.directory = `https://${host}/dir`;
    this.trustFile = join(folder, "cert.pem");
  }

  static async start(options: PebbleOptions): Promise<PebbleServer> {
    const program = await installPebble();
    const { place } = options;
    const folder = mkdtempSync(join(tmpdir(), "lor-pebble-"));
    const [certificate, privateKey] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    if (place === undefined) makeIdentity(certificate, privateKey);
    else {
      writeFileSync(certificate, place.identity.certificate);
      writeFileSync(privateKey, place.identity.key);
    }
    for (let tries = 0; tries < 5; tries += 1) {
      const port = place === undefined ? await freePort() : 14000;
      const config = {
        pebble: {
          listenAddress: `${place?.address ?? "127.0.0.1"}:${port}`,
          managementListenAddress: "",
          certificate,
          privateKey,
          httpPort: options.httpPort ?? 80,
          tlsPort: 443,
          ocspResponderURL: "",
          externalAccountBindingRequired: false,
          domainBlocklist: options.blocked ?? [],
          retryAfter: { authz: 1, order: 1 },
          // Intermediates with another kind of key than the certificate's.
          keyAlgorithm: "ecdsa",
          profiles: { default: { description: "test", validityPeriod: (options.validityDays ?? 90) * 86_400 } },
        },
      };
      writeFileSync(join(folder, "config.json"), JSON.stringify(config));
      const args = ["-config", join(folder, "config.json"), "-strict", "-dnsserver", options.dnsServer];
      const [command = program, ...rest] = place?.inside([program, ...args]) ?? [program, ...args];
      const child = spawn(command, rest, {
        stdio: "ignore",
        env: {
          PATH: process.env.PATH,
          PEBBLE_VA_NOSLEEP: "1",
          PEBBLE_AUTHZREUSE: "0",
          PEBBLE_WFE_NONCEREJECT: String(options.refusedNonces ?? 20),
        },
      });
      const server = new PebbleServer(folder, `${place?.host ?? "127.0.0.1"}:${port}`, child);
      if (await (place === undefined ? server.#answers() : server.#listens(() => place.connect(port)))) return server;
    }
    throw new Error(`${program} does not start`);
  }

  async dispose(): Promise<void> {
    await kill(this.#process);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #listens(connect: () => Promise<Socket>): Promise<boolean> {
    while (!hasEnded(this.#process)) {
      const socket = await connect().catch(() => undefined);
      socket?.destroy();
      if (socket !== undefined) return true;
      await pause(25);
    }
    return false;
  }

  /** False once the process has ended: somebody else took its port meanwhile. */
  async #answers(): Promise<boolean> {
    const agent = new Agent({ ca: readFileSync(this.trustFile) });
    while (!hasEnded(this.#process)) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      get(this.directory, { agent, headers: { "user-agent": "lor-infra-test" } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      }).on("error", () => resolve(false));
      if (await promise) return true;
      await pause(25);
    }
    return false;
  }
}

/** A certificate of its own for 127.0.0.1. */
function makeIdentity(certificate: string, privateKey: string): void {
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"],
      ...["-subj", "/CN=pebble", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", privateKey, "-out", certificate],
    ],
    { stdio: "pipe" },
  );
}
