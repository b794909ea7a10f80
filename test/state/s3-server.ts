import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { installS3Server } from "../../src/engine/s3-server.ts";
import { freePort, hasEnded, kill } from "../own-server.ts";

const bucket = "state";
const key = { ROOT_ACCESS_KEY: "atelier", ROOT_SECRET_KEY: "Zq8-planted-in-a-test-Zq8" };
const health = "/does-this-server-live";

/** A real S3 server on loopback with one bucket, in a folder of its own. */
export class S3Server {
  /** Value of `state.backend`. */
  readonly url: string;
  /** The variables that open it. */
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, port: number, process: ChildProcess) {
    this.#folder = folder;
    this.#process = process;
    this.url = `s3://${bucket}/shop?region=gra&endpoint=http://127.0.0.1:${port}&s3ForcePathStyle=true`;
    this.env = { AWS_ACCESS_KEY_ID: key.ROOT_ACCESS_KEY, AWS_SECRET_ACCESS_KEY: key.ROOT_SECRET_KEY };
  }

  static async start(): Promise<S3Server> {
    const program = await installS3Server({ env: process.env });
    const folder = mkdtempSync(join(tmpdir(), "lor-s3-"));
    mkdirSync(join(folder, "buckets", bucket), { recursive: true });
    for (let tries = 0; tries < 5; tries += 1) {
      const port = await freePort();
      const process = serve(program, { port, folder });
      if (await answers(port, process)) return new S3Server(folder, port, process);
    }
    throw new Error(`${program} does not start`);
  }

  /** From now on nothing answers there. */
  stop(): Promise<void> {
    return kill(this.#process);
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function serve(program: string, { port, folder }: { readonly port: number; readonly folder: string }): ChildProcess {
  const options = ["--port", `127.0.0.1:${port}`, "--region", "gra", "--health", health];
  return spawn(program, [...options, "posix", join(folder, "buckets")], { stdio: "ignore", env: key });
}

/** False once the process has ended: somebody else took its port meanwhile, and may answer there. */
async function answers(port: number, process: ChildProcess): Promise<boolean> {
  while (!hasEnded(process)) {
    const answer = await fetch(`http://127.0.0.1:${port}${health}`).catch(() => undefined);
    if (answer?.ok === true) return true;
    await pause(25);
  }
  return false;
}
