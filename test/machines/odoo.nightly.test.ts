import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { odooRelease } from "./applications/odoo-release.ts";
import { type Lab, obstacle, openLab, waitFor } from "./lab.ts";
import { plantedMark, ShopLab, statusOf } from "./shop-lab.ts";

const email = "first@lor.example";

describe.skipIf(obstacle !== undefined)("an Odoo server that really boots", () => {
  let lab: Lab;
  let shop: ShopLab;
  let machine: Machine;
  const app = async (...words: string[]) => {
    const { stdout, stderr } = await machine.try(["lor-app", ...words]);
    try {
      return JSON.parse(stdout) as Record<string, unknown>;
    } catch {
      throw new Error(`lor-app ${words.join(" ")}: ${stdout}${stderr}`);
    }
  };

  beforeAll(async () => {
    lab = await openLab();
    shop = await ShopLab.open(lab);
    const release = shop.release("odoo-19.deb", "19.0", odooRelease());
    const { database } = shop.documentOf("odoo");
    const { administrator: _later, ...withoutAdministrator } = database;
    shop.publish("odoo", { release, database: withoutAdministrator });
    machine = await shop.boot("odoo", "b2-15-flex");
    expect(await statusOf(machine, "waiting", /^/, 300)).toMatchObject({
      message: expect.stringContaining("GRANT USAGE, CREATE ON SCHEMA public") as string,
    });
    shop.publish("odoo", { database });
    await statusOf(machine, "applied", /^/, 300);
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  it("leaves an empty database empty until it is asked, then serves its login page", async () => {
    expect(await app("status")).toMatchObject({ role: "odoo", installed: false, tables: 0, certificateDays: null });
    expect((await machine.try(["systemctl", "is-active", "lor-odoo.service"])).stdout.trim()).toBe("inactive");
    const made = await app("install", "--email", email);
    expect(made.reason).toBeUndefined();
    expect(made).toMatchObject({
      installed: true,
      already: false,
      administrator: email,
    });
    expect(await shop.health("odoo", 200)).toMatchObject({ body: "ok\n" });
    expect(await app("status")).toMatchObject({ installed: true, health: "ok", release: "19.0" });
    const address = "SELECT value FROM ir_config_parameter WHERE key = 'report.url'";
    const environment =
      "set -a; HOME=/; . /etc/lor/postgresql.env; exec setpriv --reuid=odoo --regid=odoo --clear-groups psql -X -A -t";
    expect((await machine.run(["sh", "-c", environment], { input: address })).trim()).toBe("http://127.0.0.1:8069");
    const process = () => machine.run(["systemctl", "show", "--property=MainPID", "--value", "lor-odoo.service"]);
    const serving = await process();
    expect(await app("install", "--email", "second@lor.example")).toMatchObject({ installed: true, already: true });
    // The ERP that people work with goes on.
    expect(await process()).toBe(serving);
  });

  it("shows its login page with the style sheets and scripts that it names", async () => {
    const page = await machine.run(["python3", "-c", fetchPage]);
    expect(JSON.parse(page)).toMatchObject({ page: 200, form: true, failed: [] });
  });

  it("opens a websocket through nginx, at the process that holds them", async () => {
    expect((await machine.run(["python3", "-c", openWebsocket])).trim()).toBe("HTTP/1.1 101 SWITCHING PROTOCOLS");
  });

  it("lets the first administrator sign in with the first password", async () => {
    const password = (await machine.run(["cat", "/etc/lor/odoo-first-password"])).trim();
    expect((await machine.run(["python3", "-c", signIn, email], { input: password })).trim()).toBe("2");
  });

  it("copies database and files off-site as its own user", async () => {
    await machine.run(["systemctl", "start", "lor-filestore-copy.service"]);
    const status = await waitFor("a copy", () => machine.read("/srv/lor/copies/status-filestore.json"));
    expect(JSON.parse(status)).toMatchObject({ lastRun: { result: "success" } });
  });

  it("shows no secret to anybody who has no business with it", async () => {
    const running = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; journalctl --no-pager";
    expect(await machine.run(["sh", "-c", running])).not.toContain(plantedMark);
  });
});

/** The login page through nginx by HTTPS, and everything that it names. */
const fetchPage = `
import json, re, ssl, urllib.request
context = ssl._create_unverified_context()
def get(path):
    try:
        with urllib.request.urlopen(urllib.request.Request("https://127.0.0.1" + path, headers={"Host": "erp.lor.example"}), context=context, timeout=120) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, ""
status, body = get("/web/login")
named = re.findall(r'(?:src|href)="(/web/[^"]+\\.(?:js|css))"', body)
print(json.dumps({"page": status, "form": 'name="login"' in body, "named": len(named), "failed": [path for path in named if get(path)[0] != 200]}))
`;

/** First line of the answer to a websocket's handshake. */
const openWebsocket = `
import socket, ssl
name = "erp.lor.example"
plain = socket.create_connection(("127.0.0.1", 443), timeout=120)
secure = ssl._create_unverified_context().wrap_socket(plain, server_hostname=name)
lines = ["GET /websocket HTTP/1.1", "Host: " + name, "Origin: https://" + name, "Upgrade: websocket", "Connection: Upgrade",
         "Sec-WebSocket-Key: bG9yLWluZnJhLXRlc3QtMQ==", "Sec-WebSocket-Version: 13", "", ""]
secure.sendall("\\r\\n".join(lines).encode())
print(secure.recv(4096).decode(errors="replace").splitlines()[0])
`;

/** Signs in by Odoo's own interface; prints the user's number. */
const signIn = `
import sys, xmlrpc.client
print(xmlrpc.client.ServerProxy("http://127.0.0.1:8069/xmlrpc/2/common").authenticate("odoo", sys.argv[1], sys.stdin.read().strip(), {}))
`;
