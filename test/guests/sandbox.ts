import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GuestDocument } from "../../src/machines/document.ts";

export interface Finished {
  readonly code: number;
  readonly out: string;
}

/** A machine under a folder: its scripts run for real, the programs that would change a real machine only say that they were called. */
export class Sandbox {
  readonly root = mkdtempSync(join(tmpdir(), "lor-sandbox-"));
  readonly #bin = join(this.root, "bin");

  constructor(processors = 2, memoryMebibytes = 7000) {
    this.write(
      "/proc/cpuinfo",
      Array.from({ length: processors }, (_, n) => `processor\t: ${n}\nflags\t: x\n`).join("\n"),
    );
    this.write("/proc/meminfo", `MemTotal:       ${memoryMebibytes * 1024} kB\nMemFree: 1 kB\n`);
    this.write("/proc/net/route", "Iface\tDestination\tGateway\tFlags\nlo\t00000000\t0100007F\t0003\n");
    for (const program of [
      "systemctl",
      "apt-get",
      "udevadm",
      "resize2fs",
      "mkfs.ext4",
      "nginx",
      "php-fpm8.2",
      "rclone",
      "journalctl",
      "sshd",
    ])
      this.fake(program, "");
    this.fake("dpkg-query", "printf installed");
    this.fake("lsblk", `echo '{"blockdevices": []}'`);
    this.fake("findmnt", "echo lor-data");
  }

  /** Replaces a program by lines of shell; every call is noted. */
  fake(program: string, lines: string): void {
    this.write(`/bin/${program}`, `#!/bin/sh\necho "${program} $*" >>"$LOR_ROOT/calls"\n${lines}\n`);
    chmodSync(join(this.#bin, program), 0o755);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** Calls of the faked programs since the last time this was asked. */
  takeCalls(): string[] {
    const calls = this.has("/calls") ? this.read("/calls").trim().split("\n") : [];
    rmSync(join(this.root, "calls"), { force: true });
    return calls;
  }

  /** Calls since the last time this was asked, except those by which the machine only looks whether somebody changed something. */
  takeChanges(): string[] {
    // The second pattern is the rest of dpkg-query's format, which holds a line break.
    return this.takeCalls().filter((call) => !/^(dpkg-query -W|systemctl show) |^ -- /.test(call));
  }

  run(
    program: string,
    args: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    const env = {
      PATH: `${this.#bin}:/usr/sbin:/usr/bin:/sbin:/bin`,
      LC_ALL: "C.UTF-8",
      LOR_ROOT: this.root,
      ...environment,
    };
    return new Promise((resolve) => {
      execFile(program, [...args], { env, timeout: 600_000 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, out: stdout + stderr });
      });
    });
  }

  /** The fetch script of the user data, as the machine runs it. */
  fetch(environment: Readonly<Record<string, string>> = {}): Promise<Finished> {
    const script = fileURLToPath(new URL("../../src/machines/bootstrap/lor-fetch.py", import.meta.url));
    return this.run("/usr/bin/python3", ["-I", script], environment);
  }

  identify(identity: object): void {
    this.write("/etc/lor/identity.json", JSON.stringify(identity));
  }

  status(): Record<string, unknown> {
    return JSON.parse(this.read("/var/lib/lor/status.json")) as Record<string, unknown>;
  }

  install(document: GuestDocument): void {
    for (const file of document.files) {
      this.write(file.path, file.content);
      chmodSync(join(this.root, file.path), Number.parseInt(file.mode, 8));
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A web server on loopback, whose answers a test sets. */
export class Web {
  readonly answers = new Map<string, { status: number; body: Buffer | string }>();
  readonly requests: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(handle?: (request: IncomingMessage, response: ServerResponse) => void): Promise<Web> {
    const server = createServer();
    const web = new Web(server);
    server.on("request", (request, response) => {
      web.requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
      if (handle !== undefined) return handle(request, response);
      const answer = web.answers.get(request.url ?? "");
      response.writeHead(answer?.status ?? 404).end(answer?.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return web;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}
