import { type ChildProcess, spawn } from "node:child_process";
import { cpSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { renderGuestDocument } from "../../src/machines/render-document.ts";
import { shopInput } from "./guest-inputs.ts";
import { ensureGuestTools } from "./guest-tools.ts";
import { Sandbox } from "./sandbox.ts";

/** The real nginx and PHP-FPM with the rendered files, on loopback; only paths, the port and the database are the test's. */
let machine: Sandbox;
let port: number;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  ensureGuestTools();
  machine = new Sandbox();
  const { root } = machine;
  machine.install(renderGuestDocument(shopInput));
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
  port = (free.address() as AddressInfo).port;
  await new Promise((resolve) => free.close(resolve));

  machine.write(
    "/etc/lor/shop.json",
    JSON.stringify({ database: { dsn: `sqlite:${root}/data/db`, user: "", password: "", ca: null } }),
  );
  const page =
    "<?php echo json_encode([$_SERVER['REMOTE_ADDR'], $_SERVER['HTTPS'] ?? 'off', $_SERVER['REQUEST_URI']]);";
  machine.write("/srv/lor/releases/1/index.php", page);
  machine.write("/srv/lor/releases/1/img/p/1/2/12-home.jpg", "image");
  machine.write("/srv/lor/releases/1/img/bad.php", "<?php echo 'run';");
  machine.write("/srv/lor/releases/1/config/secret.php", "<?php echo 'run';");
  await machine.run("ln", ["-s", `${root}/srv/lor/releases/1`, `${root}/srv/lor/current`]);
  await machine.run(`${root}/usr/local/sbin/lor-tune`);
  await machine.run("mkdir", ["-p", `${root}/run/php`, `${root}/tmp`, `${root}/data`]);
  cpSync("/etc/nginx/fastcgi_params", join(root, "fastcgi_params"));
  await machine.run("chmod", ["-R", "a+rX", root]);
  await machine.run("chmod", ["a+rwx", `${root}/data`]);

  const here = (text: string) => text.replaceAll(/(?<=[\s:])\/(run\/php|srv\/lor|usr\/local\/lib)/g, `${root}/$1`);
  const site = here(machine.read("/etc/nginx/sites-enabled/lor"))
    .replaceAll("listen 80", `listen 127.0.0.1:${port}`)
    .replace("set_real_ip_from 10.10.0.0/24;", "set_real_ip_from 127.0.0.1;");
  machine.write("/site", site);
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (each) => `${each}_temp_path ${root}/tmp/${each};`,
  );
  machine.write(
    "/nginx.conf",
    `user www-data;\ndaemon off;\npid ${root}/nginx.pid;\nevents {}\nhttp {\n${places.join("\n")}\naccess_log off;\ninclude ${root}/site;\n}\n`,
  );
  const pools = here(machine.read("/etc/php/8.2/fpm/pool.d/lor.conf")).replaceAll(
    /^\[.*\]$/gm,
    `$&\nenv[LOR_ROOT] = ${root}`,
  );
  machine.write("/pools.conf", pools);
  machine.write(
    "/fpm.conf",
    `[global]\ndaemonize = no\nerror_log = ${root}/fpm.log\ninclude=${root}/pools.conf\ninclude=${root}/etc/php/8.2/fpm/pool.d/lor-tuning.conf\n`,
  );

  processes.push(spawn("/usr/sbin/php-fpm8.2", ["-F", "-y", join(root, "fpm.conf")], { stdio: "ignore" }));
  processes.push(
    spawn("/usr/sbin/nginx", ["-e", join(root, "nginx.log"), "-c", join(root, "nginx.conf")], { stdio: "ignore" }),
  );
  const healthy = async () => expect(await raw("GET /health HTTP/1.0\r\n\r\n")).toContain("200 OK");
  await vi.waitFor(healthy, { timeout: 600_000, interval: 100 });
});

afterAll(async () => {
  await Promise.all(
    processes.map((each) => {
      const ended = new Promise((resolve) => each.once("exit", resolve));
      each.kill("SIGTERM");
      return each.exitCode === null ? ended : undefined;
    }),
  );
  machine.remove();
});

/** Sends bytes and returns the whole answer; empty when nobody listens. */
function raw(request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1", () => socket.write(request));
    let answer = "";
    socket.on("data", (part) => (answer += part.toString()));
    socket.on("error", () => resolve(""));
    socket.on("close", () => resolve(answer));
  });
}

const get = (path: string, headers: readonly string[] = []) =>
  raw([`GET ${path} HTTP/1.1`, "Host: www.lor.example", "Connection: close", ...headers, "", ""].join("\r\n"));
const secure = "X-Forwarded-Proto: https";

describe("a front's nginx and PHP", () => {
  it("answers the health check without a Host header, and says when the database is away", async () => {
    expect(await raw("GET /health HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\nok\n$/);
    expect(await get("/health")).toContain("200 OK");
    const settings = machine.read("/etc/lor/shop.json");
    machine.write("/etc/lor/shop.json", settings.replace("sqlite:", "sqlite:/nowhere"));
    expect(await raw("GET /health HTTP/1.0\r\n\r\n")).toContain("503 Service");
    machine.write("/etc/lor/shop.json", settings);
  });

  it("sends plain HTTP to HTTPS with its path, never to a host that the visitor names", async () => {
    expect(await get("/cakes?page=2", ["X-Forwarded-Proto: http"])).toMatch(
      /301 Moved[\s\S]*Location: https:\/\/www\.lor\.example\/cakes\?page=2\r\n/,
    );
    const other = await raw("GET /a HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    expect(other).toContain("Location: https://www.lor.example/a\r\n");
  });

  it("gives the shop the visitor's address and scheme", async () => {
    const answer = await get("/cakes", [secure, "X-Forwarded-For: 203.0.113.9"]);
    expect(answer).toContain('["203.0.113.9","on","\\/cakes"]');
  });

  it("serves images by their short addresses", async () => {
    expect(await get("/12-home/cake.jpg", [secure])).toMatch(/200 OK[\s\S]*image/);
  });

  it.each([
    "/config/secret.php",
    "/img/bad.php",
    "/install-cli/index.php",
    "/.git/config",
    "/app/config/parameters.php",
  ])("hides %s", async (path) => {
    const answer = await get(path, [secure]);
    expect(answer).toContain("404 Not Found");
    expect(answer).not.toContain("run");
  });
});
