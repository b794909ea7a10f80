import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { renderGuestDocument } from "../../src/machines/render-document.ts";
import { shopInput } from "./guest-inputs.ts";
import { ensureGuestTools } from "./guest-tools.ts";
import { MariaDb } from "./mariadb.ts";
import { type Finished, Sandbox } from "./sandbox.ts";

let database: MariaDb;
let machine: Sandbox;
const library = () => join(machine.root, "usr/local/lib/lor");

beforeAll(async () => {
  ensureGuestTools();
  database = await MariaDb.start();
});
afterAll(() => database.stop());

beforeEach(async () => {
  machine = new Sandbox();
  machine.install(renderGuestDocument(shopInput));
  machine.write("/ca.pem", database.ca);
  const { port, password } = database;
  const settings = { host: "127.0.0.1", port, name: "shop", user: "shop", password, ca: "/ca.pem" };
  machine.write("/etc/lor/shop.json", JSON.stringify({ database: settings }));
  expect((await php(`require '${library()}/shop.php'; lor_make_tables(lor_database(5));`)).out).toBe("");
});

afterEach(() => machine.remove());

function php(code: string): Promise<Finished> {
  return machine.run("php8.2", ["-d", "session.use_cookies=0", "-d", "session.cache_limiter=", "-r", code]);
}

describe("the database's connection", () => {
  it("speaks TLS always, and verifies the server when the authority is known", async () => {
    const code = `require '${library()}/database.php'; echo json_encode([lor_tls_options(null), lor_tls_options('/ca')], JSON_UNESCAPED_SLASHES);`;
    const [unverified, verified] = JSON.parse((await php(code)).out) as Record<string, unknown>[];
    expect(Object.values(unverified ?? {})).toEqual(["/etc/ssl/certs/ca-certificates.crt", false]);
    expect(Object.values(verified ?? {})).toEqual(["/ca", true]);
  });

  it("names what is wrong without the server's own words, which may name the user", async () => {
    machine.write("/etc/lor/shop.json", machine.read("/etc/lor/shop.json").replace("PLANTED", "WRONG"));
    const code = `require '${library()}/shop.php'; try { lor_database(5); } catch (Throwable $error) { echo lor_reason($error); }`;
    expect((await php(code)).out).toBe("the database refuses the user or the password");
  });
});

describe("sessions", () => {
  const session = (code: string) =>
    php(`require '${library()}/sessions.php'; session_id('abcdefghijklmnopqrstuvwxyz'); ${code}`);

  it("are found again by another process: they are in the database, not on the disk", async () => {
    expect((await session("session_start(); $_SESSION['basket'] = ['éclair', 3];")).out).toBe("");
    expect((await session("session_start(); echo json_encode($_SESSION, JSON_UNESCAPED_UNICODE);")).out).toBe(
      '{"basket":["éclair",3]}',
    );
    expect((await session("session_start(); session_destroy();")).out).toBe("");
    expect((await session("session_start(); echo json_encode($_SESSION);")).out).toBe("[]");
  });

  it("end with their time", async () => {
    await session("session_start(); $_SESSION['a'] = 1;");
    const age = "$d = lor_database(1); $d->exec('UPDATE lor_session SET expires = 1'); ";
    expect((await session(`${age} session_start(); echo json_encode($_SESSION); echo session_gc();`)).out).toBe("[]1");
  });

  it("stay there although Symfony puts PHP's own files in place", async () => {
    // What Symfony's storage does before a session starts, with a proxy of PHP's own handler.
    const symfony = `
      namespace Symfony\\Component\\HttpFoundation\\Session\\Storage\\Proxy {
        final class SessionHandlerProxy extends \\SessionHandler { public function getSaveHandlerName(): string { return 'files'; } }
      }
      namespace Symfony\\Component\\HttpFoundation\\Session\\Storage {
        require '${library()}/sessions.php';
        session_set_save_handler(new Proxy\\SessionHandlerProxy(), false);
        \\session_id('abcdefghijklmnopqrstuvwxyz');
        \\session_start();
        $_SESSION['kept'] = true;
      }`;
    expect((await php(symfony)).out).toBe("");
    expect((await session("session_start(); echo json_encode($_SESSION);")).out).toBe('{"kept":true}');
  });
});
