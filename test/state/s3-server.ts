import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { builtProgram } from "../built-program.ts";

/** Path of the S3 server, a program that people run in front of their disks. A first build takes about 80 s on two cores. */
function obtainServer(): Promise<string> {
  return builtProgram({
    recipe: {
      binary: "versitygw",
      modules: join(import.meta.dirname, "s3-server"),
      buildArguments: ["-trimpath", "-ldflags", "-s -w", "github.com/versity/versitygw/cmd/versitygw"],
    },
    version: "1.8.0",
    kind: "s3-server",
    env: process.env,
    onProgress: () => undefined,
  });
}

const bucket = "state";

/** A real S3 server on loopback with one bucket, in a folder of its own. */
export class S3Server {
  /** Value of `state.backend`. */
  readonly url: string;
  /** The variables that open it. */
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, port: number, program: string) {
    this.#folder = folder;
    this.url = `s3://${bucket}/shop?region=gra&endpoint=http://127.0.0.1:${port}&s3ForcePathStyle=true`;
    this.env = { AWS_ACCESS_KEY_ID: "atelier", AWS_SECRET_ACCESS_KEY: "Zq8-planted-in-a-test-Zq8" };
    mkdirSync(join(folder, "buckets", bucket), { recursive: true });
    this.#process = spawn(
      program,
      ["--port", `127.0.0.1:${port}`, "--region", "gra", "posix", join(folder, "buckets")],
      {
        stdio: "ignore",
        env: {
          ROOT_ACCESS_KEY: this.env.AWS_ACCESS_KEY_ID,
          ROOT_SECRET_KEY: this.env.AWS_SECRET_ACCESS_KEY,
        },
      },
    );
  }

  static async start(): Promise<S3Server> {
    const program = await obtainServer();
    const port = await freePort();
    const server = new S3Server(mkdtempSync(join(tmpdir(), "lor-s3-")), port, program);
    for (let tries = 0; ; tries += 1) {
      try {
        await fetch(`http://127.0.0.1:${port}/`);
        return server;
      } catch (error) {
        if (tries > 400) throw error;
        await pause(25);
      }
    }
  }

  /** From now on nothing answers there. */
  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await ended;
    }
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
