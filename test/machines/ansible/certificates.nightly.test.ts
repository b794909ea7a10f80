import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runAnsible } from "../../../src/ansible/run-ansible.ts";
import { PebbleServer } from "../../acme/pebble-server.ts";
import { obstacle } from "../lab.ts";
import { SshMachine } from "./ssh-machine.ts";

const domain = "shop.lor.example";
/** Answers each question for an address with 127.0.0.1, where the machine itself is in its network. */
const nameServer = `
import socketserver
class Names(socketserver.StreamRequestHandler):
    def handle(self):
        while prefix := self.rfile.read(2):
            asked = self.rfile.read(int.from_bytes(prefix, "big"))
            end = 12
            while asked[end]:
                end += asked[end] + 1
            question = asked[12:end + 5]
            record = b"\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\x3c\\0\\4\\x7f\\0\\0\\1" if question[-4:-2] == b"\\0\\1" else b""
            answer = asked[:2] + b"\\x85\\x80\\0\\1\\0" + bytes([len(record) > 0]) + b"\\0\\0\\0\\0" + question + record
            self.wfile.write(len(answer).to_bytes(2, "big") + answer)
socketserver.ThreadingTCPServer(("127.0.0.1", 5353), Names).serve_forever()
`;

let machine: SshMachine;
let authority: PebbleServer;
let names: ChildProcess;
let folder: string;

beforeAll(async () => {
  if (obstacle !== undefined) return;
  machine = await SshMachine.start();
  folder = mkdtempSync(join(tmpdir(), "lor-playbooks-"));
  const inside = ["nsenter", `--net=/run/netns/${machine.name}`] as const;
  names = spawn(inside[0], [inside[1], "python3", "-c", nameServer], { stdio: "inherit" });
  authority = await PebbleServer.start({
    dnsServer: "127.0.0.1:5353",
    // Less than certbot's 30 days, so that it renews at once.
    validityDays: 20,
    // certbot tries a refused nonce once again and no more.
    refusedNonces: 0,
    place: {
      address: "127.0.0.1",
      host: "127.0.0.1",
      identity: identity(),
      inside: (command) => [...inside, ...command],
      connect: async (port) => {
        execFileSync(inside[0], [inside[1], "socat", "-u", "/dev/null", `TCP:127.0.0.1:${port}`], { stdio: "ignore" });
        return new Socket();
      },
    },
  });
  writeFileSync(machine.path("/usr/local/share/ca-certificates/pebble.crt"), readFileSync(authority.trustFile));
  machine.inside("update-ca-certificates");
});

afterAll(async () => {
  await authority?.dispose();
  names?.kill();
  machine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function identity(): { readonly certificate: string; readonly key: string } {
  const [certificate, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
  const name = ["-subj", "/CN=pebble", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", [...words, ...name, "-keyout", key, "-out", certificate], { stdio: "pipe" });
  return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
}

async function apply(): Promise<string> {
  const playbook = join(folder, "site.yml");
  const vars = {
    nginx_sites: [{ name: "shop", domain, upstream: "http://127.0.0.1:8000" }],
    certificates_names: [domain],
    certificates_acme_directory: authority.directory,
    certificates_email: "admin@lor.example",
  };
  const roles = ["nginx", "certificates"].map((role) => ({ role: `{{ lor_roles }}/${role}` }));
  writeFileSync(playbook, JSON.stringify([{ name: "Site", hosts: "all", gather_facts: false, vars, roles }]));
  const result = await runAnsible({ env: process.env }).configure({
    mode: "apply",
    playbook,
    inventory: { machines: [machine.managed()] },
    sshConfig: machine.sshConfig,
    identityFile: machine.identityFile,
  });
  const { state, failures } = result.hosts.machine ?? { state: "none", failures: [] };
  return [state, ...failures].join(": ");
}

/** Issuer and serial number of the certificate that nginx shows. */
function shown(): string {
  const ask = `openssl s_client -connect 127.0.0.1:443 -servername ${domain} </dev/null 2>/dev/null`;
  return machine.inside("sh", "-c", `${ask} | openssl x509 -noout -issuer -serial`);
}

describe.skipIf(obstacle !== undefined)("the role certificates, with an authority", () => {
  test("gets a certificate, and nginx shows it", async () => {
    expect(await apply()).toBe("changed");
    await machine.until(() => /Pebble Intermediate/.test(shown()));
  });

  test("changes nothing a second time", async () => {
    const before = shown();
    expect(await apply()).toBe("unchanged");
    expect(shown()).toBe(before);
  });

  test("has it renewed by Debian's timer, and nginx shows the new one", async () => {
    expect(machine.inside("systemctl", "is-active", "certbot.timer")).toBe("active\n");
    const before = shown();
    machine.inside("certbot", "-q", "renew", "--no-random-sleep-on-renew");
    await machine.until(() => /Pebble Intermediate/.test(shown()) && shown() !== before);
  });
});
