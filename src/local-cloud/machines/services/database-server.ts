import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../../../os/atomic-file.ts";
import { systemClock } from "../../../os/host.ts";
import { poll } from "../../../os/poll.ts";
import type { CertificateAuthority } from "./certificate-authority.ts";
import type { AppliedNames, DatabaseEngine, DatabaseFolder, WantedDatabase } from "./database-engine.ts";
import type { MachineNetwork } from "./machine-network.ts";
import { mysqlEngine } from "./mysql-engine.ts";
import { hostBasedAccess, postgresqlEngine } from "./postgresql-engine.ts";

const engines: Readonly<Record<WantedDatabase["engine"], DatabaseEngine>> = {
  mysql: mysqlEngine,
  postgresql: postgresqlEngine,
};

/** A first start on a busy computer takes some seconds. Milliseconds. */
const startLimit = 120_000;

export interface DatabaseServerArgs {
  readonly network: MachineNetwork;
  readonly authority: CertificateAuthority;
  /** Of this server alone; the same path inside the machines' network. */
  readonly folder: string;
  /** Called when a server that served ends by itself. */
  readonly onEnd: () => void;
}

/** One real server of a managed database. Its data outlive it, and a server that was killed starts again on them. */
export class DatabaseServer {
  readonly #args: DatabaseServerArgs;
  readonly #engine: DatabaseEngine;
  readonly #folder: DatabaseFolder;
  #wanted: WantedDatabase;
  #process: ChildProcess | undefined;
  /** Command line of the running process; another one needs a restart. */
  #running = "";
  /** Statements that the running server was given. */
  #told = "";
  #serves = false;

  constructor(wanted: WantedDatabase, args: DatabaseServerArgs) {
    this.#args = args;
    this.#wanted = wanted;
    this.#engine = engines[wanted.engine];
    const { folder } = args;
    this.#folder = {
      data: join(folder, "data"),
      certificate: join(folder, "certificate.pem"),
      key: join(folder, "key.pem"),
      authority: join(folder, "authority.pem"),
    };
  }

  /** Makes the server as wanted: installed, started, with its users and databases. @throws Error with the end of the server's log */
  async become(wanted: WantedDatabase): Promise<void> {
    const command = JSON.stringify(this.#engine.serve(this.#folder, wanted));
    if (this.#process !== undefined && command !== this.#running) await this.stop();
    this.#wanted = wanted;
    if (this.#process === undefined) {
      await this.#install();
      await this.#start(command);
    }
    await this.#tell();
  }

  /** Ends the server, by force when it does not end in an orderly way. */
  async stop(): Promise<void> {
    const process = this.#process;
    if (process === undefined) return;
    this.#serves = false;
    const ended = once(process, "close");
    await this.#run(this.#engine.stop(this.#folder, this.#wanted)).catch(() => process.kill("SIGKILL"));
    await ended;
  }

  /** Ends the server and deletes its data. */
  async destroy(): Promise<void> {
    await this.stop();
    rmSync(this.#args.folder, { recursive: true, force: true });
  }

  async #install(): Promise<void> {
    const { folder, authority } = this.#args;
    const { data, certificate, key } = this.#folder;
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    if (!existsSync(certificate)) {
      const issued = authority.issue([this.#wanted.domain]);
      writeFileSync(key, issued.key, { mode: 0o600 });
      writeFileSync(certificate, issued.certificate);
    }
    writeFileSync(this.#folder.authority, authority.certificate);
    writeFileSync(join(folder, "pg_hba.conf"), hostBasedAccess);
    await this.#own(folder);
    if (existsSync(data)) return;
    // Complete or absent: an installation that was interrupted is made anew.
    const unfinished = `${data}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    await this.#run(this.#engine.initialize(unfinished));
    renameSync(unfinished, data);
  }

  async #own(path: string): Promise<void> {
    const { systemUser } = this.#engine;
    await execute(this.#args.network.inside(["chown", "-R", `${systemUser}:${systemUser}`, path], { root: "image" }));
  }

  async #start(command: string): Promise<void> {
    const log = openSync(join(this.#args.folder, "server.log"), "a");
    const [program = "", ...args] = this.#inside(this.#engine.serve(this.#folder, this.#wanted));
    const process = spawn(program, args, { stdio: ["ignore", log, log], env: environment });
    closeSync(log);
    process.once("error", () => undefined);
    process.once("close", () => {
      if (this.#process !== process) return;
      this.#process = undefined;
      if (!this.#serves) return;
      this.#serves = false;
      this.#args.onEnd();
    });
    this.#process = process;
    this.#running = command;
    this.#told = "";
    const { seen } = await poll({
      look: async () => (this.#process === process ? await this.#answers() : "ended"),
      good: (state) => state !== "starting",
      interval: 100,
      limit: startLimit,
      clock: systemClock,
    });
    this.#serves = seen === "ready";
    if (this.#serves) return;
    process.kill("SIGKILL");
    throw new Error(`the server of ${this.#wanted.domain} does not start: ${this.#endOfLog()}`);
  }

  async #answers(): Promise<"ready" | "starting"> {
    return await this.#run(this.#engine.client(this.#wanted), "SELECT 1;\n").then(
      () => "ready",
      () => "starting",
    );
  }

  async #tell(): Promise<void> {
    const path = join(this.#args.folder, "applied.json");
    const before = existsSync(path)
      ? (JSON.parse(readFileSync(path, "utf8")) as AppliedNames)
      : { users: [], databases: [] };
    const statements = this.#engine.statements(this.#wanted, before);
    if (statements === this.#told) return;
    const users = this.#wanted.users.map(({ name }) => name);
    const { databases } = this.#wanted;
    // Noted before: a name that was given and not noted would never be taken away.
    note(path, { users: union(before.users, users), databases: union(before.databases, databases) });
    await this.#run(this.#engine.client(this.#wanted), statements);
    note(path, { users, databases });
    this.#told = this.#engine.statements(this.#wanted, { users, databases });
  }

  #run(command: readonly [string, ...string[]], input = ""): Promise<void> {
    return execute(this.#inside(command), input);
  }

  #inside(command: readonly [string, ...string[]]): readonly string[] {
    return this.#args.network.inside(command, { root: "image", user: this.#engine.systemUser });
  }

  #endOfLog(): string {
    return readFileSync(join(this.#args.folder, "server.log"), "utf8").trim().split("\n").slice(-5).join(" | ");
  }
}

const environment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" };

/** Runs a command to its end. @throws Error with the end of its complaint, never with its input */
async function execute([program = "", ...args]: readonly string[], input = ""): Promise<void> {
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"], env: environment, cwd: "/" });
  let complaint = "";
  child.stderr.on("data", (text: Buffer) => {
    complaint = `${complaint}${text.toString()}`.slice(-1000);
  });
  // A program that ends before it has read everything says why itself.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${program} failed (${code}): ${complaint.trim()}`);
}

function note(path: string, names: AppliedNames): void {
  writeAtomically(path, JSON.stringify(names));
}

function union(some: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set([...some, ...others])];
}
