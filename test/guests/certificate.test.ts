import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../src/local-cloud/ovhcloud/zones/dns-server.ts";
import { renderContent } from "../../src/machines/content.ts";
import { PebbleServer } from "../acme/pebble-server.ts";
import { ensureGuestTools } from "./guest-tools.ts";

/** The ERP's script with the real certbot, against an authority; nginx's answers come from the folder that its configuration names. */
const name = "erp.lor.example";
let folder: string;
let web: Server;
let dns: DnsServer;
const authorities: PebbleServer[] = [];

beforeAll(async () => {
  ensureGuestTools();
  folder = mkdtempSync(join(tmpdir(), "lor-certbot-"));
  for (const part of ["etc", "work", "logs", "web", "tls", "bin"]) mkdirSync(join(folder, part));
  web = createServer((request, response) => {
    const file = join(folder, "web", new URL(request.url ?? "/", "http://erp").pathname);
    response.statusCode = existsSync(file) ? 200 : 404;
    response.end(existsSync(file) ? readFileSync(file) : "");
  }).listen(0, "127.0.0.1");
  await once(web, "listening");
  dns = await startDnsServer({
    resolve: (host, type) => ({
      exists: host === name,
      answers: host === name && type === "A" ? [{ type: "A", name, ttl: 60, target: "127.0.0.1" }] : [],
    }),
  });
  // The script's own paths, below the test's folder; certbot has options for its own.
  const script = renderContent("odoo/lor-certificate.sh")
    .replaceAll("/etc/letsencrypt", join(folder, "etc"))
    .replaceAll("/var/www/lor-certificate", join(folder, "web"))
    .replaceAll("/etc/lor/tls", join(folder, "tls"));
  writeFileSync(join(folder, "bin/lor-certificate"), script, { mode: 0o755 });
  const dirs = `--config-dir ${folder}/etc --work-dir ${folder}/work --logs-dir ${folder}/logs`;
  program("certbot", `exec /usr/bin/certbot "$@" ${dirs}`);
  program("systemctl", `echo "$*" >> ${folder}/systemctl`);
});
afterEach(async () => {
  for (const authority of authorities.splice(0)) await authority.dispose();
});
afterAll(async () => {
  web.close();
  await dns.close();
  rmSync(folder, { recursive: true, force: true });
});

function program(file: string, text: string): void {
  writeFileSync(join(folder, "bin", file), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, "bin", file), 0o755);
}

async function startAuthority(): Promise<PebbleServer> {
  const authority = await PebbleServer.start({
    dnsServer: dns.address,
    httpPort: (web.address() as AddressInfo).port,
    // certbot tries a refused nonce once again and no more.
    refusedNonces: 0,
  });
  authorities.push(authority);
  return authority;
}

async function obtain(authority: PebbleServer, ...email: readonly string[]): Promise<void> {
  const { code, text } = await run(name, authority, ...email);
  expect(code, text).toBe(0);
}

async function run(of: string, { directory, trustFile }: PebbleServer, ...email: readonly string[]) {
  const child = spawn(join(folder, "bin/lor-certificate"), [of, directory, ...email], {
    env: { PATH: `${join(folder, "bin")}:/usr/bin:/bin`, REQUESTS_CA_BUNDLE: trustFile },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, text };
}

const certificate = () => readFileSync(join(folder, "tls/fullchain.pem"), "utf8");

it("obtains the ERP's certificate once, and another one when the settings name another authority", async () => {
  const first = await startAuthority();
  await obtain(first, "admin@lor.example");
  const issued = certificate();
  expect(issued).toContain("BEGIN CERTIFICATE");
  expect(readFileSync(join(folder, "systemctl"), "utf8")).toContain("reload nginx.service");
  const renewal = readFileSync(join(folder, `etc/renewal/${name}.conf`), "utf8");
  // Debian's timer renews with the same authority and reloads nginx afterwards.
  expect(renewal).toContain(`server = ${first.directory}`);
  expect(renewal).toContain("renew_hook = systemctl reload nginx.service");
  await obtain(first, "admin@lor.example");
  expect(certificate()).toBe(issued);

  // A run that was cut after certbot had ended: nginx still has the certificate that it started with.
  for (const part of ["fullchain", "privkey"]) rmSync(join(folder, `tls/${part}.pem`));
  writeFileSync(join(folder, "tls/fullchain.pem"), "self-made");
  rmSync(join(folder, "systemctl"));
  await obtain(first, "admin@lor.example");
  expect(certificate()).toBe(issued);
  expect(readFileSync(join(folder, "systemctl"), "utf8")).toBe("reload-or-restart nginx.service\n");

  const second = await startAuthority();
  await obtain(second);
  expect(certificate()).not.toBe(issued);
});

it("puts the authority's reason into the journal", async () => {
  const { code, text } = await run("nowhere.lor.example", await startAuthority());
  expect(code).toBe(1);
  expect(text).toContain("http://nowhere.lor.example");
});
