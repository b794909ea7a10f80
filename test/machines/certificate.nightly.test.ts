import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { PebbleServer } from "../acme/pebble-server.ts";
import { HandshakeClients, shownCertificate } from "../handshake-clients.ts";
import { type Lab, obstacle, openLab, waitFor } from "./lab.ts";
import { app, ShopLab, statusOf } from "./shop-lab.ts";

const erp = { name: "erp.lor.example", address: "10.10.3.10" };
const authorityHost = { name: "acme.lor.example", address: "192.0.2.20" };
/** Less than certbot's 30 days, so that Debian's timer renews at once. */
const validityDays = 20;

describe.skipIf(obstacle !== undefined)("the ERP's certificate on a machine", () => {
  let lab: Lab;
  let machine: Machine;
  let authority: PebbleServer;
  const dial = () => lab.machines.services.connect(erp.address, 443);
  const shown = async () => shownCertificate(erp.name, await dial());
  /** The next one: nginx hands over to new processes after its reload has returned. @param last its subject or fingerprint */
  const shownAfter = (last: string) =>
    waitFor("another certificate", async () => {
      const found = await shown();
      return [found.subject.CN, found.fingerprint256].includes(last) ? undefined : found;
    });

  beforeAll(async () => {
    lab = await openLab({ [erp.name]: erp.address, [authorityHost.name]: authorityHost.address });
    const { network, services } = lab.machines;
    await network.own(authorityHost.address);
    authority = await PebbleServer.start({
      dnsServer: `${services.nameServer}:53`,
      validityDays,
      // certbot tries a refused nonce once again and no more.
      refusedNonces: 0,
      place: {
        address: authorityHost.address,
        host: authorityHost.name,
        identity: services.authority.issue([authorityHost.name]),
        inside: (command) => network.inside(command),
        connect: (port) => services.connect(authorityHost.address, port),
      },
    });
    const shop = await ShopLab.open(lab);
    shop.publish("odoo", { authority: { directory: authority.directory, email: "admin@lor.example" } });
    machine = await shop.boot("odoo");
    await statusOf(machine, "applied");
  });

  afterAll(async () => {
    await authority?.dispose();
    await lab?.[Symbol.asyncDispose]();
  });

  it("is self-made until the authority has asked the machine, at its own address, for the proof", async () => {
    expect((await shown()).subject.CN).toBe("localhost");
    expect((await app(machine, "status")).reasons?.certificateDays).toContain("self-made");
    const started = await machine.try(["systemctl", "start", "lor-certificate.service"]);
    const said = await machine.try(["journalctl", "--no-pager", "-u", "lor-certificate.service"]);
    expect(started.code, said.stdout).toBe(0);
    expect(await shownAfter("localhost")).toMatchObject({
      subjectaltname: `DNS:${erp.name}`,
      issuer: { CN: expect.stringMatching(/^Pebble Intermediate/) as string },
    });
    expect(await app(machine, "status")).toMatchObject({ certificateDays: validityDays - 1 });
  });

  it("is renewed by Debian's timer without a failed handshake", async () => {
    expect((await machine.try(["systemctl", "is-active", "certbot.timer"])).stdout.trim()).toBe("active");
    const before = await shown();
    const clients = new HandshakeClients(erp.name, dial);
    // The timer's own unit waits for a random while.
    const { ExecStart } = JSON.parse(await machine.run(["sh", "-c", renewal])) as { readonly ExecStart: string };
    expect(ExecStart).toContain("renew");
    await machine.run(["sh", "-c", `${ExecStart} --no-random-sleep-on-renew`]);
    const after = await shownAfter(before.fingerprint256);
    const { handshakes, failures, fingerprints } = await clients.stop();
    expect(failures).toEqual([]);
    expect([...fingerprints]).toEqual([before.fingerprint256, after.fingerprint256]);
    expect(after.serialNumber).not.toBe(before.serialNumber);
    console.log(`${handshakes} handshakes while the ERP's certificate was renewed, ${failures.length} failed`);
  });
});

/** Command of Debian's unit, as JSON. */
const renewal = `systemctl cat certbot.service | python3 -c 'import json, sys
print(json.dumps({"ExecStart": [line.split("=", 1)[1].strip() for line in sys.stdin if line.startswith("ExecStart=")][-1]}))'`;
