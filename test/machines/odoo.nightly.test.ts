import type { Socket } from "node:net";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { type Answer, answerOver } from "../guests/shop-front.ts";
import { odooRelease } from "./applications/odoo-release.ts";
import { type Lab, obstacle, openLab, waitFor } from "./lab.ts";
import { fetchNow, plantedMark, ShopLab, statusOf } from "./shop-lab.ts";

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

  it("runs its scheduled work by one set of processes, also after a restart", async () => {
    const tuning = await machine.run(["cat", "/etc/lor/odoo-tuning.env"]);
    const wanted = Number(/--max-cron-threads=(\d+)/.exec(tuning)?.[1]);
    const seen = async () => JSON.parse(await machine.run(["python3", "-c", odooProcesses])) as Processes;
    const complete = () =>
      waitFor("all of Odoo's processes", async () => {
        const found = await seen();
        return found.scheduled >= wanted ? found : undefined;
      });
    const before = await complete();
    expect(before).toMatchObject({ main: 1, scheduled: wanted });
    await machine.run(["systemctl", "restart", "lor-odoo.service"]);
    expect(await complete()).toMatchObject({ main: 1, scheduled: wanted });
    await shop.health("odoo", 200);
    const after = await seen();
    expect(after).toMatchObject({ main: 1, scheduled: wanted });
    // None of the old set is left.
    expect(after.pids.filter((pid) => before.pids.includes(pid))).toEqual([]);
  });

  it("refuses everyone whose address is not in its allow-list, by HTTPS, and nobody by HTTP", async () => {
    const from = (networks: readonly string[]) => shop.publish("odoo", { allowFrom: networks });
    // Of the machines' network, from which these requests come; nothing else believes X-Forwarded-For.
    const ask = (path: string) => askFrom(() => lab.machines.services.connect("10.10.3.10", 443), path);
    expect(await ask("/web/login")).toMatchObject({ status: 200 });
    from(["203.0.113.0/24"]);
    await fetchNow(machine);
    await waitFor("the refusal", async () => ((await ask("/web/login")).status === 403 ? true : undefined));
    for (const path of ["/", "/web/login", "/websocket", "/web/static/img/favicon.ico", "/xmlrpc/2/common"])
      expect(await ask(path), path).toMatchObject({ status: 403 });
    // The certificate's authority, and the check of the cloud, come from anywhere.
    const plain = (path: string) => shop.request("odoo", `GET ${path} HTTP/1.0\r\nHost: erp.lor.example\r\n\r\n`);
    expect(await plain("/health")).toMatchObject({ status: 200 });
    expect(await plain("/.well-known/acme-challenge/none")).toMatchObject({ status: 404 });
    expect(await plain("/web/login")).toMatchObject({ status: 301 });
    from(["203.0.113.0/24", "10.10.0.0/16"]);
    await fetchNow(machine);
    await waitFor("the login page", async () => ((await ask("/web/login")).status === 200 ? true : undefined));
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

interface Processes {
  readonly main: number;
  readonly scheduled: number;
  readonly pids: readonly number[];
}

/** Odoo's processes: the main one is no other's child; those for scheduled work are nice (odoo/service/server.py, WorkerCron). */
const odooProcesses = `
import json, os
found = {}
for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
    try:
        words = open("/proc/%d/cmdline" % pid, "rb").read().split(b"\\0")
        fields = open("/proc/%d/stat" % pid).read().rpartition(")")[2].split()
    except OSError:
        continue
    if b"/usr/local/sbin/lor-odoo" in words:
        found[pid] = {"parent": int(fields[1]), "nice": int(fields[16])}
print(json.dumps({"main": sum(each["parent"] not in found for each in found.values()),
                  "scheduled": sum(each["nice"] == 10 for each in found.values()), "pids": sorted(found)}))
`;

/** A request by HTTPS that says that it comes from an address of the allow-list. */
async function askFrom(dial: () => Promise<Socket>, path: string): Promise<Answer> {
  const secure = connect({ socket: await dial(), servername: "erp.lor.example", rejectUnauthorized: false });
  const lines = [`GET ${path} HTTP/1.1`, "Host: erp.lor.example", "X-Forwarded-For: 203.0.113.9", "Connection: close"];
  return await answerOver(secure, [...lines, "", ""].join("\r\n"));
}

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
