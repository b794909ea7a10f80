import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ensureGuestTools } from "./guest-tools.ts";
import { MariaDb } from "./mariadb.ts";
import { ShopFront, type Store } from "./shop-front.ts";

/** The real nginx and PHP-FPM with the rendered files; the release is a page that repeats its request. */
let database: MariaDb;
let front: ShopFront;
let store: Store;

/** Of an account at a certificate authority. */
const acmeThumbprint = "kq0jYhz2nE3V9sT_xM4wQ7uR1b-LcPfGdA5oKtZyHiU";

const page =
  "<?php echo json_encode([$_SERVER['REMOTE_ADDR'], $_SERVER['HTTPS'] ?? 'off', $_SERVER['REQUEST_URI'], $_SERVER['QUERY_STRING']]);";
const releaseFiles = {
  "index.php": page,
  "img/bad.php": "<?php echo 'run';",
  "config/secret.php": "<?php echo 'run';",
  "config/1-secret.php": "<?php echo 'run';",
  "modules/one/vendor/a.php": "<?php echo 'run';",
  "modules/fails.php": "<?php throw new Exception('planted failure');",
  "webservice/dispatcher.php": "<?php echo 'web service of ' . $_GET['url'];",
};

beforeAll(async () => {
  ensureGuestTools();
  database = await MariaDb.start();
  store = { folder: mkdtempSync(join(tmpdir(), "lor-store-")) };
  chmodSync(store.folder, 0o777);
  front = await ShopFront.boot("ps-0", database, store, { acmeThumbprint }, releaseFiles);
});
afterAll(async () => {
  await front.remove();
  await database.stop();
  rmSync(store.folder, { recursive: true, force: true });
});

describe("a front's nginx and PHP", () => {
  it("send their errors to the journal, where they can be read when the machine is gone", async () => {
    // The socket /dev/log of the journal.
    const code = `import os, socket, sys
journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); journal.bind(sys.argv[1]); os.chmod(sys.argv[1], 0o666)
journal.settimeout(60)
while b"planted failure" not in (line := journal.recv(9000)): pass
print(line.decode())`;
    const line = front.machine.run("python3", ["-c", code, join(front.machine.root, "journal")]);
    await vi.waitFor(() => expect(front.machine.has("/journal")).toBe(true), { timeout: 60_000 });
    expect((await front.get("/modules/fails.php")).status).toBe(500);
    // Facility local7 and severity error.
    expect((await line).out).toMatch(/^<187>.* nginx: .*planted failure/);
    expect(front.machine.read("/etc/php/8.2/fpm/pool.d/lor.conf")).toMatch(/^\[global\]\nerror_log = syslog$/m);
  });

  it("answers the health check without a Host header", async () => {
    expect((await front.raw("GET /health HTTP/1.0\r\n\r\n")).status).toBe(503);
    expect((await front.get("/health")).status).toBe(503);
  });

  it("sends plain HTTP to HTTPS with its path, never to a host that the visitor names", async () => {
    const plain = (host: string, path: string, header: string) =>
      front.raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${header}\r\n`);
    expect(await plain("www.lor.example", "/cakes?page=2", "X-Forwarded-Proto: http\r\n")).toMatchObject({
      status: 301,
      headers: expect.stringContaining("Location: https://www.lor.example/cakes?page=2") as string,
    });
    expect((await plain("evil.example", "/a", "")).headers).toContain("Location: https://www.lor.example/a");
  });

  it.each(["www.lor.example", "lor.example"])("answers a certificate authority by plain HTTP as %s", async (host) => {
    const ask = (path: string) =>
      front.raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nX-Forwarded-Proto: http\r\n\r\n`);
    expect(await ask("/.well-known/acme-challenge/evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA")).toMatchObject({
      status: 200,
      body: `evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.${acmeThumbprint}`,
    });
    // Whatever is no token is a page as every other.
    expect((await ask("/.well-known/acme-challenge/%3Cscript%3E")).body).not.toContain(acmeThumbprint);
    expect((await ask("/.well-known/acme-challenge/")).body).not.toContain(acmeThumbprint);
    expect((await ask("/cakes")).status).toBe(301);
  });

  it("gives the shop the visitor's address and scheme, believed from the balancer alone", async () => {
    expect((await front.get("/cakes")).body).toContain('["203.0.113.9","on","\\/cakes"');
  });

  it("runs the web service at /api and nowhere else", async () => {
    expect((await front.get("/api/products/3?display=full")).body).toBe("web service of products/3");
    expect((await front.get("/api")).body).toBe("web service of ");
    expect((await front.get("/apicoles-du-sud")).body).toContain("apicoles-du-sud");
    expect((await front.get("/webservice/dispatcher.php?url=products")).status).toBe(404);
  });

  // Forms of PrestaShop's own .htaccess (Tools::generateHtaccess): up to eight digits, five formats, categories.
  it.each([
    ["/7-home_default/cake.jpg", "p/7/7-home_default.jpg"],
    ["/7/cake.jpg", "p/7/7.jpg"],
    ["/12-home_default/cake.webp", "p/1/2/12-home_default.webp"],
    ["/123-large/cake.avif", "p/1/2/3/123-large.avif"],
    ["/1234-large_default-2x/cake.png", "p/1/2/3/4/1234-large_default-2x.png"],
    ["/12345-large/a/cake.jpeg", "p/1/2/3/4/5/12345-large.jpeg"],
    ["/123456/cake.jpg", "p/1/2/3/4/5/6/123456.jpg"],
    ["/1234567-cart_default/cake.jpg", "p/1/2/3/4/5/6/7/1234567-cart_default.jpg"],
    ["/12345678-home_default/cake.webp", "p/1/2/3/4/5/6/7/8/12345678-home_default.webp"],
    ["/c/3-category_default/cakes.jpg", "c/3-category_default.jpg"],
    ["/c/fr-default-category_default/cakes.webp", "c/fr-default-category_default.webp"],
  ])("serves the image %s", async (address, file) => {
    front.machine.write(`/srv/lor/images/img/${file}`, `image ${file}`);
    await front.machine.run("chmod", ["-R", "a+rX", store.folder]);
    expect(await front.get(address)).toMatchObject({ status: 200, body: `image ${file}` });
  });

  // PrestaShop's form of a product's address: {category:/}{id}{-:id_product_attribute}-{rewrite}{-:ean13}.html
  it.each([
    "/tools/12-hammer.html",
    "/docs/12-34-atlas-9781234567897.html?page=2",
    "/controllers/7-joystick.html",
    "/administration/3-stamp.html",
  ])("shows the product %s, whose category has the name of a folder", async (address) => {
    expect(await front.get(address)).toMatchObject({
      status: 200,
      body: expect.stringContaining(address.replaceAll("/", "\\/")) as string,
    });
  });

  it("serves files of /.well-known that have no ending, which payment providers ask for", async () => {
    front.machine.write("/srv/lor/current/.well-known/apple-developer-merchantid-domain-association", "7B22");
    await front.machine.run("chmod", ["-R", "a+rX", join(front.machine.root, "srv/lor/current/.well-known")]);
    expect(await front.get("/.well-known/apple-developer-merchantid-domain-association")).toMatchObject({
      status: 200,
      body: "7B22",
    });
  });

  it.each([
    "/config/secret.php",
    "/config/1-secret.php",
    "/config/1-secret.html/secret.php",
    "/img/bad.php",
    "/modules/one/vendor/a.php",
    "/install-cli/index_cli.php",
    "/.git/config",
    "/app/config/parameters.php",
  ])("hides %s", async (path) => {
    const answer = await front.get(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain("run");
  });
});
