import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { GuestDocument } from "../../src/machines/document.ts";
import { renderGuestDocument } from "../../src/machines/render-document.ts";
import { freePort, kill } from "../own-server.ts";
import { odooInput, plantedMark, shopInput } from "./guest-inputs.ts";
import { ensureGuestTools } from "./guest-tools.ts";
import { MariaDb } from "./mariadb.ts";
import { ShopFront, type Store } from "./shop-front.ts";

const user = "shop@lor.example";
const password = `${plantedMark}-mail-0123456789`;
type Tls = NonNullable<GuestDocument["mail"]>["tls"];

/** A running relay, from Debian's aiosmtpd. */
interface Relay extends AsyncDisposable {
  readonly port: number;
  /** The only message that it took. */
  message(): Promise<unknown>;
}

async function startRelay(mode: "starttls" | "tls"): Promise<Relay> {
  const folder = mkdtempSync(join(tmpdir(), "lor-relay-"));
  const port = await freePort();
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", "/CN=relay", "-keyout", "key.pem", "-out", "certificate.pem"],
    ],
    { cwd: folder, stdio: "pipe" },
  );
  const program = join(import.meta.dirname, "mail-relay.py");
  const args = [program, String(port), mode, join(folder, "certificate.pem"), join(folder, "key.pem")];
  const server = spawn("/usr/bin/python3", args, { stdio: ["pipe", "pipe", "inherit"] });
  server.stdin.end(`${user}\n${password}\n`);
  let said = "";
  const ready = Promise.withResolvers<void>();
  server.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (said.startsWith("ready\n")) ready.resolve();
  });
  server.once("close", (code) => ready.reject(new Error(`the relay ended with ${code}`)));
  await ready.promise;
  return {
    port,
    message: () =>
      vi.waitFor(() => JSON.parse(said.replace("ready\n", "")) as unknown, { timeout: 600_000, interval: 20 }),
    [Symbol.asyncDispose]: async () => {
      await kill(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Sends a message with values in PrestaShop's meaning: `ssl` is TLS from the first byte, `tls` is STARTTLS. */
const client = `
import json, smtplib, ssl, sys
mail = json.load(sys.stdin)
context = ssl._create_unverified_context()
if mail["encryption"] == "ssl":
    server = smtplib.SMTP_SSL(mail["server"], int(mail["port"]), context=context)
else:
    server = smtplib.SMTP(mail["server"], int(mail["port"]))
    if mail["encryption"] == "tls":
        server.starttls(context=context)
if mail["user"]:
    server.login(mail["user"], mail["password"])
server.sendmail("shop@lor.example", ["marie@lor.example"], "Subject: order\\r\\n\\r\\nThank you.")
server.quit()
`;

interface MailValues {
  readonly server: string;
  readonly port: string;
  readonly encryption: string;
  readonly user: string;
  readonly password: string;
}

function send(values: MailValues): void {
  execFileSync("/usr/bin/python3", ["-c", client], { input: JSON.stringify(values), stdio: ["pipe", "pipe", "pipe"] });
}

let database: MariaDb;
let store: Store;

beforeAll(async () => {
  ensureGuestTools();
  database = await MariaDb.start();
  store = { folder: mkdtempSync(join(tmpdir(), "lor-store-")) };
  chmodSync(store.folder, 0o777);
});
afterAll(async () => {
  await database.stop();
  rmSync(store.folder, { recursive: true, force: true });
});

describe("a relay that asks for user and password", () => {
  it("is the shop's from its installation on, and follows the settings", async () => {
    await using starttls = await startRelay("starttls");
    await using tls = await startRelay("tls");
    const changes = (port: number, mode: Tls) => ({
      mail: { host: "127.0.0.1", port, tls: mode, user },
      secrets: { ...shopInput.secrets, mailPassword: password },
    });
    const front = await ShopFront.boot("ps-0", database, store, changes(starttls.port, "starttls"));
    try {
      expect(await front.install("first@lor.example")).toMatchObject({ installed: true });
      expect(await front.status()).toMatchObject({ mail: "by 127.0.0.1" });
      send(shopMail());
      expect(await starttls.message()).toMatchObject({ user, to: ["marie@lor.example"] });
      expect(() => send({ ...shopMail(), password: "another" })).toThrow(/535/);
      expect(() => send({ ...shopMail(), user: "" })).toThrow(/530/);

      front.publish("9.1.5", changes(tls.port, "tls"));
      expect(await front.apply()).toMatchObject({ code: 0 });
      send(shopMail());
      expect(await tls.message()).toMatchObject({ user });
      expect(front.machine.takeCalls().join("\n")).not.toContain(plantedMark);
    } finally {
      await front.remove();
    }
  });

  it.each<[Tls, readonly string[]]>([
    ["starttls", ["smtp_ssl = True", `smtp_user = ${user}`, `smtp_password = ${password}`]],
    // Odoo's options have no TLS from the first byte: it would wait for a greeting that never comes.
    ["tls", []],
    ["none", ["smtp_ssl = False"]],
  ])("reaches Odoo's options with %s", (mode, lines) => {
    const mail = { host: "relay.lor.example", port: 587, tls: mode, ...(mode === "none" ? {} : { user }) };
    const secrets = { ...odooInput.secrets, mailPassword: password };
    const text = odooSettings(renderGuestDocument({ ...odooInput, mail, secrets }));
    const seen = text.split("\n").filter((line) => /^smtp_(ssl|user|password) /.test(line));
    expect(seen.toSorted()).toEqual(lines.toSorted());
    expect(text.includes("smtp_server = relay.lor.example")).toBe(lines.length > 0);
  });

  it("with a user and no password makes no document", () => {
    const mail = { host: "relay.lor.example", port: 587, tls: "starttls", user } as const;
    expect(() => renderGuestDocument({ ...shopInput, mail })).toThrow("mail is not");
  });
});

/** The shop's own settings of outgoing mail. */
function shopMail(): MailValues {
  const value = (name: string) => database.sql(`SELECT value FROM ps_configuration WHERE name = '${name}'`, "shop");
  expect(value("PS_MAIL_METHOD")).toBe("2");
  return {
    server: value("PS_MAIL_SERVER"),
    port: value("PS_MAIL_SMTP_PORT"),
    encryption: value("PS_MAIL_SMTP_ENCRYPTION"),
    user: value("PS_MAIL_USER"),
    password: value("PS_MAIL_PASSWD"),
  };
}

/** odoo.conf of a document. */
function odooSettings(document: GuestDocument): string {
  const machines = join(import.meta.dirname, "../../src/machines");
  const program = `import json, sys; sys.path[:0] = sys.argv[1:]; import lor_role; print(lor_role.settings(json.load(sys.stdin), "require"))`;
  return execFileSync("/usr/bin/python3", ["-B", "-c", program, `${machines}/odoo`, `${machines}/machine`], {
    input: JSON.stringify(document),
    encoding: "utf8",
  });
}
