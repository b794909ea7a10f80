import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { shopRelease } from "../../src/local-cloud/machines/applications/shop-release.ts";
import type { GuestDocument } from "../../src/machines/document.ts";
import { packDocument } from "../../src/machines/pack-document.ts";
import { type GuestDocumentInput, renderGuestDocument } from "../../src/machines/render-document.ts";
import { faketimeLibrary } from "../faketime.ts";
import { freePort } from "../own-server.ts";
import { shopInput } from "./guest-inputs.ts";
import type { MariaDb } from "./mariadb.ts";
import { type Finished, Sandbox, sha256, Web } from "./sandbox.ts";

export interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** Object storage of all fronts: a folder. */
export interface Store {
  readonly folder: string;
}

interface Ports {
  readonly shop: number;
  readonly probe: number;
  readonly trial: number;
}

/** PHP-FPM empties the environment of its children. */
const clockOfPools = ["FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC"].map((name) => `env[${name}] = $${name}`).join("\n");

/**
 * A front of the shop under a folder: the scripts apply a document for real, with the shop that stands for PrestaShop as its release, nginx and
 * PHP-FPM serve it on loopback, and MariaDB is the database. systemd, packages and the mount of object storage are the test's.
 */
export class ShopFront {
  readonly machine = new Sandbox();
  readonly #processes: ChildProcess[] = [];
  #php: ChildProcess | undefined;
  readonly name: string;
  readonly #web: Web;
  readonly #database: MariaDb;
  readonly #ports: Ports;

  private constructor(name: string, web: Web, database: MariaDb, store: Store, ports: Ports) {
    this.name = name;
    this.#web = web;
    this.#database = database;
    this.#ports = ports;
    const { root } = this.machine;
    this.machine.identify({ name, role: "prestashop", documentUrl: `${web.url}/document.json` });
    mkdirSync(join(root, "srv/lor"), { recursive: true });
    symlinkSync(store.folder, join(root, "srv/lor/images"));
    // Copies to and from the folder that stands for object storage.
    this.machine.fake(
      "rclone",
      `shift 2; verb=$1; shift; [ "$1" = --ignore-existing ] && shift
from=$(echo "$1" | sed 's#^images:#${store.folder}/#'); to=$(echo "$2" | sed 's#^images:#${store.folder}/#')
mkdir -p "$(dirname "$to")"; if [ $verb = copyto ]; then cp "$from" "$to"; else mkdir -p "$to"; cp -rn "$from/." "$to/"; fi`,
    );
    this.machine.fake(
      "systemctl",
      `case "$*" in *reload*nginx*) kill -HUP $(cat "$LOR_ROOT/nginx.pid") 2>/dev/null;; esac; exit 0`,
    );
  }

  /** @param files of the release, replaced or added. */
  static async boot(
    name: string,
    database: MariaDb,
    store: Store,
    changes: Partial<GuestDocumentInput> = {},
    files: Readonly<Record<string, string>> = {},
  ): Promise<ShopFront> {
    const [shop, probe, trial] = [await freePort(), await freePort(), await freePort()];
    const front = new ShopFront(name, await Web.start(), database, store, { shop, probe, trial });
    front.publish("9.1.5", changes, files);
    expect(await front.apply()).toMatchObject({ code: 0 });
    await front.#serve();
    return front;
  }

  /** Stores the document that the front fetches next. */
  publish(
    version: string,
    changes: Partial<GuestDocumentInput> = {},
    files: Readonly<Record<string, string>> = {},
  ): GuestDocument {
    const archive = shopRelease(version, files);
    this.#web.answers.set(`/${version}.zip`, { status: 200, body: archive });
    const document = renderGuestDocument({
      ...shopInput,
      name: this.name,
      release: { version, url: `${this.#web.url}/${version}.zip`, sha256: sha256(archive) },
      database: {
        engine: "mysql",
        host: "127.0.0.1",
        port: this.#database.port,
        name: "shop",
        user: "shop",
        password: this.#database.password,
        ca: this.#database.ca,
      },
      ...changes,
    });
    this.#web.answers.set("/document.json", { status: 200, body: JSON.stringify(packDocument(document)) });
    return document;
  }

  #environment(): Record<string, string> {
    return {
      LOR_PROBE: `http://127.0.0.1:${this.#ports.shop}/health`,
      LOR_PROBE_PAUSE_SECONDS: "0.1",
      LOR_FPM_STATUS: `http://127.0.0.1:${this.#ports.probe}/fpm-status?json`,
      LOR_PORT_8081: String(this.#ports.probe),
      LOR_PORT_8082: String(this.#ports.trial),
    };
  }

  async apply(): Promise<Finished> {
    const done = await this.machine.fetch(this.#environment());
    await this.machine.run("chmod", ["-R", "a+rwX", this.machine.root]);
    return done;
  }

  /** `lor-app` as the unit or a person runs it. */
  app(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.machine.run(`${this.machine.root}/usr/local/sbin/lor-app`, args, {
      ...this.#environment(),
      ...environment,
    });
  }

  /** What the unit lor-app-install does. */
  async install(
    email: string,
    more: { readonly demoProducts?: boolean; readonly cut?: string } = {},
  ): Promise<Record<string, unknown>> {
    this.machine.write(
      "/var/lib/lor/install-request.json",
      JSON.stringify({ email, demoProducts: more.demoProducts ?? true }),
    );
    await this.app(["run-install"], more.cut === undefined ? {} : { SHOP_STANDIN_CUT: more.cut });
    await this.machine.run("chmod", ["-R", "a+rwX", this.machine.root]);
    return JSON.parse(this.machine.read("/var/lib/lor/install-result.json")) as Record<string, unknown>;
  }

  async status(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.app(["status"])).out) as Record<string, unknown>;
  }

  /** What the front does every minute. */
  minute(): Promise<Finished> {
    return this.machine.run(`${this.machine.root}/usr/local/sbin/lor-front`, [], this.#environment());
  }

  async #serve(): Promise<void> {
    const { root } = this.machine;
    const here = (text: string) =>
      text
        .replaceAll(/(?<=[\s:;!])\/(run\/|srv\/lor|usr\/local\/lib|etc\/lor)/g, `${root}/$1`)
        .replaceAll(" -f /run", ` -f ${root}/run`);
    for (const folder of ["run/php", "run/lor-front", "tmp"]) mkdirSync(join(root, folder), { recursive: true });
    cpSync("/etc/nginx/fastcgi_params", join(root, "fastcgi_params"));
    const { shop, probe, trial } = this.#ports;
    this.machine.write("/etc/lor/nginx-shop.conf", here(this.machine.read("/etc/lor/nginx-shop.conf")));
    this.machine.write(
      "/site",
      here(this.machine.read("/etc/nginx/sites-enabled/lor"))
        .replace("unix:/dev/log", `unix:${root}/journal`)
        .replaceAll("listen 80", `listen 127.0.0.1:${shop}`)
        .replace("listen 127.0.0.1:8081", `listen 127.0.0.1:${probe}`)
        .replace("listen 127.0.0.1:8082", `listen 127.0.0.1:${trial}`),
    );
    const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (each) => `${each}_temp_path ${root}/tmp/${each};`,
    );
    this.machine.write(
      "/nginx.conf",
      `user www-data;\nworker_processes 1;\ndaemon off;\npid ${root}/nginx.pid;\nevents {}\nhttp {\n${places.join("\n")}\naccess_log off;\ninclude ${root}/site;\n}\n`,
    );
    const pools = here(this.machine.read("/etc/php/8.2/fpm/pool.d/lor.conf")).replaceAll(
      /^\[lor-.*\]$/gm,
      `$&\nenv[LOR_ROOT] = ${root}\nenv[LOR_PORT_8081] = ${probe}\n${clockOfPools}`,
    );
    this.machine.write("/pools.conf", pools);
    this.machine.write(
      "/fpm.conf",
      `[global]\ndaemonize = no\nerror_log = ${root}/fpm.log\ninclude=${root}/pools.conf\ninclude=${root}/etc/php/8.2/fpm/pool.d/lor-tuning.conf\n`,
    );
    await this.machine.run("chmod", ["-R", "a+rwX", root]);
    this.#startPhp({});
    this.#processes.push(
      spawn("/usr/sbin/nginx", ["-e", join(root, "nginx.log"), "-c", join(root, "nginx.conf")], { stdio: "ignore" }),
    );
    await this.#answers();
  }

  #startPhp(clock: Readonly<Record<string, string>>): void {
    const args = ["-F", "-y", join(this.machine.root, "fpm.conf")];
    this.#php = spawn("/usr/sbin/php-fpm8.2", args, { stdio: "ignore", env: { ...process.env, ...clock } });
  }

  async #answers(): Promise<void> {
    const health = async () => (await this.raw("GET /health HTTP/1.0\r\n\r\n")).status;
    // 502: nginx runs, and PHP does not yet.
    await vi.waitFor(async () => expect([200, 503]).toContain(await health()), { timeout: 600_000, interval: 100 });
  }

  /**
   * Sets the clock of the front's PHP, which is what counts time on a front; MariaDB keeps the right one.
   * @param shift as libfaketime reads it, such as `+1d`; `0`: the right time
   */
  async setClock(shift: string): Promise<void> {
    const clock =
      shift === "0"
        ? {}
        : // As of a clock that was set: what counts seconds since the start does not see it.
          { LD_PRELOAD: faketimeLibrary(), FAKETIME: shift, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
    const variables = Object.entries(clock).map(([name, value]) => `${name}='${value}'`);
    this.machine.fake("php8.2", `exec env ${variables.join(" ")} /usr/bin/php8.2 "$@"`);
    if (this.#php !== undefined) await end(this.#php);
    this.#startPhp(clock);
    await this.#answers();
  }

  /** Sends bytes and returns the whole answer; status 0 when nobody listens. */
  raw(request: string): Promise<Answer> {
    return answerOver(createConnection(this.#ports.shop, "127.0.0.1"), request);
  }

  /** A visitor's request, as the load balancer passes it on. */
  get(path: string, headers: readonly string[] = []): Promise<Answer> {
    return this.raw(visitorGets(path, headers));
  }

  post(path: string, form: Readonly<Record<string, string>>, headers: readonly string[] = []): Promise<Answer> {
    return this.raw(visitorPosts(path, form, headers));
  }

  /** Asks for health until it is this status; returns the answer. */
  async health(status: 200 | 503, reason = ""): Promise<string> {
    return vi.waitFor(
      async () => {
        const answer = await this.raw("GET /health HTTP/1.0\r\n\r\n");
        expect(answer).toMatchObject({ status, body: expect.stringContaining(reason) as string });
        return answer.body;
      },
      { timeout: 600_000, interval: 200 },
    );
  }

  /** Power is cut. */
  async kill(): Promise<void> {
    const php = this.#php === undefined ? [] : [this.#php];
    await Promise.all([...this.#processes.splice(0), ...php].map(end));
  }

  async remove(): Promise<void> {
    await this.kill();
    await this.#web.stop();
    this.machine.remove();
  }
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const ended = new Promise((resolve) => process.once("exit", resolve));
  process.kill("SIGTERM");
  await ended;
}

/** Sends a request over a connection, and reads what comes until its end. */
export async function answerOver(socket: Socket, request: string): Promise<Answer> {
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part));
  socket.on("error", () => undefined);
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.write(request);
  await ended;
  return readAnswer(Buffer.concat(parts));
}

/** An answer of HTTP as it came over the connection; status 0 when nothing came. */
function readAnswer(bytes: Buffer): Answer {
  // One character for each byte, because lengths of chunks count bytes.
  const text = bytes.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const headers = text.slice(0, end);
  const body = /^transfer-encoding: chunked/im.test(headers) ? joinChunks(text.slice(end + 4)) : text.slice(end + 4);
  return {
    status: Number(/^HTTP\/1\.\d (\d+)/.exec(text)?.[1] ?? 0),
    headers,
    body: Buffer.from(body, "latin1").toString(),
  };
}

/** Body of an answer that was sent in chunks, as text. */
function joinChunks(body: string): string {
  let rest = body;
  let joined = "";
  for (;;) {
    const end = rest.indexOf("\r\n");
    const length = Number.parseInt(rest.slice(0, end), 16);
    if (end < 0 || !(length > 0)) return joined;
    joined += rest.slice(end + 2, end + 2 + length);
    rest = rest.slice(end + 2 + length + 2);
  }
}

/** A visitor's request, as the load balancer passes it on. */
export function visitorGets(path: string, headers: readonly string[] = []): string {
  return [`GET ${path} HTTP/1.1`, ...visitor(headers), "", ""].join("\r\n");
}

export function visitorPosts(
  path: string,
  form: Readonly<Record<string, string>>,
  headers: readonly string[] = [],
): string {
  const body = new URLSearchParams(form).toString();
  const lines = [
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return [`POST ${path} HTTP/1.1`, ...visitor(lines), "", body].join("\r\n");
}

function visitor(headers: readonly string[]): string[] {
  return [
    "Host: www.lor.example",
    "X-Forwarded-Proto: https",
    "X-Forwarded-For: 203.0.113.9",
    "Connection: close",
    ...headers,
  ];
}

/** Cookies that an answer sets, as a header of the next request. */
export function cookiesOf(...answers: readonly Answer[]): string {
  const pairs = answers.flatMap(({ headers }) =>
    [...headers.matchAll(/^set-cookie: ([^;\r]+)/gim)].map(([, pair]) => pair),
  );
  return `Cookie: ${pairs.join("; ")}`;
}
