import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { storedLogs } from "../../src/actions/machines/stored-logs.ts";
import type { ContainerClient } from "../../src/clouds/clients.ts";
import type { LogShipping } from "../../src/machines/document.ts";
import { packDocument } from "../../src/machines/pack-document.ts";
import { renderBastionDocument } from "../../src/machines/render-document.ts";
import { plantedMark, shopInput } from "./guest-inputs.ts";
import { Sandbox, Web } from "./sandbox.ts";

const place = { region: "GRA", name: "lor-prod-configuration" };
const query = `temp_url_sig=${plantedMark}-signature&temp_url_expires=4102444800&temp_url_prefix=logs%2Fps-0%2F`;

/** A journal that a fake journalctl prints: everything, or what comes after a cursor. */
const journalctl = `python3 - "$@" <<'END'
import os, sys
after = next((word.split("=", 1)[1] for word in sys.argv if word.startswith("--after-cursor=")), None)
with open(os.environ["LOR_ROOT"] + "/journal") as file:
    lines = file.readlines()
seen = after is None
for line in lines:
    if seen:
        sys.stdout.write(line)
    elif '"__CURSOR": "%s"' % after in line:
        seen = True
END`;

let machine: Sandbox;
let web: Web;
let refuse: boolean;
const objects = new Map<string, unknown>();
const headers: string[] = [];

beforeEach(async () => {
  machine = new Sandbox();
  machine.fake("journalctl", journalctl);
  machine.identify({ name: "ps-0", role: "prestashop", documentUrl: `https://x/y?temp_url_sig=${plantedMark}-own` });
  machine.write("/journal", "");
  refuse = false;
  objects.clear();
  headers.length = 0;
  web = await Web.start((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      const [path = "", given] = (request.url ?? "").split("?");
      if (refuse || given !== query) return void response.writeHead(refuse ? 503 : 401).end();
      headers.push(`${request.method} ${String(request.headers["x-delete-after"])}`);
      objects.set(path.replace("/v1/AUTH_0/lor-prod-configuration/", ""), JSON.parse(body));
      response.writeHead(201).end();
    });
  });
  configure(`swift://storage.example/v1/AUTH_0/lor-prod-configuration/logs/ps-0/?${query}`);
  const source = readFileSync(join(import.meta.dirname, "../../src/machines/logs/lor-logs.py"), "utf8");
  machine.write("/usr/local/sbin/lor-logs", source);
});

afterEach(async () => {
  await web.stop();
  machine.remove();
});

function configure(target: string): void {
  const logs: LogShipping = { target, keepSeconds: 86_400, everySeconds: 60 };
  machine.write("/etc/lor/logs.json", JSON.stringify(logs));
}

let entry = 0;
/** Appends lines to the journal; the first is of 2026-12-01T00:00:00Z, each next one a second later. */
function journal(...messages: readonly (string | readonly number[])[]): void {
  journalOf(...messages.map((MESSAGE) => ({ MESSAGE })));
}

/** The same with other fields, as programs write them. */
function journalOf(...entries: readonly Readonly<Record<string, unknown>>[]): void {
  const lines = entries.map((fields) => {
    entry += 1;
    return `${JSON.stringify({
      __CURSOR: `cursor-${entry}`,
      __REALTIME_TIMESTAMP: String((Date.parse("2026-12-01T00:00:00Z") + entry * 1000) * 1000),
      SYSLOG_IDENTIFIER: "nginx",
      _PID: "7",
      PRIORITY: "6",
      ...fields,
    }).replaceAll('":"', '": "')}\n`;
  });
  machine.write("/journal", machine.read("/journal") + lines.join(""));
}

const send = (environment: Readonly<Record<string, string>> = {}) =>
  machine.run("python3", ["-I", join(machine.root, "usr/local/sbin/lor-logs")], {
    ...environment,
    LOR_LOGS_ONCE: "1",
    LOR_LOGS_URL: web.url,
  });

/** A server that treats each connection as lines of Python say: Node.js ends its connections too well. */
class SyslogServer {
  readonly port: number;
  received = "";
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
    process.stdout?.on("data", (chunk: Buffer) => {
      this.received += chunk.toString();
    });
  }

  static async start(treat: string): Promise<SyslogServer> {
    const program = `import select, socket, ssl
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    connection = server.accept()[0]
${treat.replaceAll(/^/gm, "    ")}`;
    const child = spawn("python3", ["-c", program], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    return new SyslogServer(child, Number(port.toString()));
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }
}

const containers = {
  list: async (_: unknown, prefix: string) => [...objects.keys()].filter((name) => name.startsWith(prefix)),
  read: async (_: unknown, name: string) => objects.get(name),
} as unknown as ContainerClient;

const read = (more: { readonly since?: string; readonly grep?: string } = {}) =>
  storedLogs(containers, place, {
    machine: "ps-0",
    since: new Date(more.since ?? "2026-12-01T00:00:00Z"),
    grep: more.grep,
    sessions: false,
  });
const messages = async (more = {}) => (await read(more)).lines.map(({ message }) => message);

describe("a machine's journal", () => {
  beforeEach(() => {
    entry = 0;
  });

  it("is sent in pieces that are deleted by age, each line once", async () => {
    journal("one", "two");
    expect(await send()).toEqual({ code: 0, out: "" });
    journal("three");
    await send();
    await send();
    expect(await messages()).toEqual(["one", "two", "three"]);
    expect(objects.size).toBe(2);
    expect(headers).toEqual(["PUT 86400", "PUT 86400"]);
    expect((await read()).newest).toBe("2026-12-01T00:00:03.000000Z");
  });

  it("loses no line while the storage refuses, and over a reboot", async () => {
    journal("one");
    await send();
    refuse = true;
    journal("two");
    const refused = await send();
    expect(refused.code).toBe(1);
    expect(refused.out).toContain("not sent: HTTPError 503");
    expect(refused.out).not.toContain(plantedMark);
    journal("three");
    refuse = false;
    await send();
    expect(await messages()).toEqual(["one", "two", "three"]);
  });

  it("has each line once although a machine died before it had noted what was sent", async () => {
    journal("one");
    await send();
    const before = machine.read("/var/lib/lor/logs-cursor");
    journal("two");
    await send();
    machine.write("/var/lib/lor/logs-cursor", before);
    journal("three");
    await send();
    expect(await messages()).toEqual(["one", "two", "three"]);
  });

  it("has no secret of the machine in it, nor what is not text", async () => {
    machine.write("/var/lib/lor/bundles/0123/document.json", JSON.stringify(shopInput));
    journal(
      `password ${shopInput.database.password}`,
      `keys ${shopInput.secrets.cookieKey} ${shopInput.storage.secretKey} ${shopInput.copies.secretKey}`,
      `address https://x?temp_url_sig=${plantedMark}-signature and ${plantedMark}-own`,
      [0xff, 0x41],
    );
    await send();
    expect(await messages()).toEqual([
      "password [secret]",
      "keys [secret] [secret] [secret]",
      "address https://x?temp_url_sig=[secret] and [secret]",
      "\ufffdA",
    ]);
    expect(JSON.stringify([...objects])).not.toContain(plantedMark);
  });

  it("has long lines whole, and goes on after an entry of any form", async () => {
    journalOf(
      { MESSAGE: ["one", "two"] },
      { MESSAGE: [[0xff, 0x41], "B"], PRIORITY: ["6", "3"], SYSLOG_IDENTIFIER: ["a", "b"] },
      { MESSAGE: "three", PRIORITY: "high" },
      { MESSAGE: null, PRIORITY: null, SYSLOG_IDENTIFIER: null, _COMM: null, _PID: null },
    );
    expect(await send()).toEqual({ code: 0, out: "" });
    expect(await messages()).toEqual(["one\ntwo", "\ufffdA\nB", "three", ""]);
    // Otherwise journalctl prints null for a field of 4096 bytes or more.
    expect(machine.takeCalls()).toContainEqual(expect.stringContaining(" --all "));
  });

  it("is read from a moment on, and searched", async () => {
    journal("one error", "two", "three ERROR", "four");
    await send();
    journal("five");
    await send();
    expect(await messages({ since: "2026-12-01T00:00:04Z" })).toEqual(["four", "five"]);
    expect(await messages({ since: "2026-12-01T00:00:05Z" })).toEqual(["five"]);
    expect(await messages({ since: "2026-12-02T00:00:00Z" })).toEqual([]);
    expect(await messages({ grep: "error" })).toEqual(["one error", "three ERROR"]);
    expect(await messages({ grep: "ERROR" })).toEqual(["three ERROR"]);
    await expect(read({ grep: "(" })).rejects.toThrow(expect.objectContaining({ code: "pattern-invalid" }));
  });

  it("goes on with what waits after a large piece", async () => {
    journal(...Array.from({ length: 20_050 }, (_, index) => `line ${index}`));
    await send();
    expect(objects.size).toBe(2);
    const told = await messages();
    expect(told).toHaveLength(20_050);
    expect(told.at(-1)).toBe("line 20049");
  });

  it("goes to a syslog server, each message with its length", async () => {
    let received = "";
    const server = createTcpServer((socket) => {
      socket.on("data", (chunk) => {
        received += chunk.toString();
      });
      socket.on("end", () => socket.end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      configure(`syslog://127.0.0.1:${(server.address() as AddressInfo).port}`);
      journal("one", "zwei ü");
      expect((await send()).code).toBe(0);
      const first = "<14>1 2026-12-01T00:00:01.000000Z ps-0 nginx 7 - - one";
      const second = "<14>1 2026-12-01T00:00:02.000000Z ps-0 nginx 7 - - zwei ü";
      const expected = `${first.length} ${first}${Buffer.byteLength(second)} ${second}`;
      await expect.poll(() => received).toBe(expected);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("goes by TLS to a syslog server that ends its side without TLS's own end", async () => {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
    const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const files = ["-keyout", join(machine.root, "key.pem"), "-out", join(machine.root, "certificate.pem")];
    execFileSync("openssl", ["req", "-x509", ...key, ...name, ...files], { stdio: "pipe" });
    const server = await SyslogServer.start(`
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("${machine.root}/certificate.pem", "${machine.root}/key.pem")
with context.wrap_socket(connection, server_side=True) as secure:
    while part := secure.recv(4096):
        print(part.decode(), flush=True)
# Closed without a close_notify, as rsyslog does with GnuTLS.
`);
    try {
      configure(`syslog+tls://localhost:${server.port}`);
      journal("one");
      const trusted = { SSL_CERT_FILE: join(machine.root, "certificate.pem") };
      expect(await send(trusted)).toEqual({ code: 0, out: "" });
      expect(await send(trusted)).toEqual({ code: 0, out: "" });
      expect(server.received.match(/ps-0 nginx 7 - - one/g)).toHaveLength(1);
    } finally {
      await server.stop();
    }
  });

  it("is sent again to a syslog server that stopped before it had read everything", async () => {
    const server = await SyslogServer.start(`
ended = select.poll()
ended.register(connection, select.POLLRDHUP)
ended.poll()
# With what was not read, the connection is reset.
connection.close()
`);
    try {
      configure(`syslog://127.0.0.1:${server.port}`);
      journal("one");
      expect((await send()).code).toBe(1);
      expect(machine.has("/var/lib/lor/logs-cursor")).toBe(false);
    } finally {
      await server.stop();
    }
  });

  it("is sent by a unit that the document brings, and that goes with the section", async () => {
    const logs: LogShipping = { target: `swift://x/?${query}`, keepSeconds: 86_400, everySeconds: 60 };
    const bastion = { name: "bastion", role: "bastion", machines: ["10.10.1.10"], shell: false } as const;
    const answers = new Map<string, string>();
    const server = await Web.start((request, response) => response.writeHead(200).end(answers.get(request.url ?? "")));
    try {
      machine.identify({ name: "bastion", role: "bastion", documentUrl: `${server.url}/document` });
      answers.set("/document", JSON.stringify(packDocument(renderBastionDocument({ ...bastion, logs }))));
      expect(await machine.fetch()).toEqual({ code: 0, out: "" });
      expect(JSON.parse(machine.read("/etc/lor/logs.json"))).toEqual(logs);
      const calls = machine.takeCalls();
      expect(calls).toContain("systemctl restart lor-logs.service");
      expect(calls.join("\n")).not.toContain(plantedMark);
      answers.set("/document", JSON.stringify(packDocument(renderBastionDocument(bastion))));
      expect(await machine.fetch()).toEqual({ code: 0, out: "" });
      expect(machine.takeCalls()).toContain("systemctl disable --now lor-logs.service");
      expect(machine.has("/etc/lor/logs.json")).toBe(false);
      expect(machine.has("/usr/local/sbin/lor-logs")).toBe(false);
    } finally {
      await server.stop();
    }
  });
});
