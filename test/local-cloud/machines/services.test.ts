import { createHmac } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { streamDecode, streamEncode } from "dns-packet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installS3Server } from "../../../src/engine/s3-server.ts";
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import {
  type MachineServices,
  metadataAddress,
  serviceAddress,
  startMachineServices,
} from "../../../src/local-cloud/machines/services/services.ts";
import { ensureDatabasePrograms } from "../../guests/guest-tools.ts";
import { createShop, frontAddress, signedUrl } from "../test-cloud.ts";
import { HandMadeNetwork, namespaceObstacle } from "./hand-made-network.ts";

describe.skipIf(namespaceObstacle !== undefined)("services inside the machines' network", () => {
  let folder: string;
  let cloud: LocalCloud;
  let network: HandMadeNetwork;
  let services: MachineServices;
  let s3Program: string;

  beforeAll(async () => {
    ensureDatabasePrograms();
    s3Program = await installS3Server({ env: process.env });
    folder = mkdtempSync(join(tmpdir(), "lor-services-"));
    // The databases' own users must reach their folders.
    chmodSync(folder, 0o711);
    cloud = createLocalCloud({ databasePath: ":memory:", clock: "stepped", scale: 1 });
    await createShop(cloud);
    network = await HandMadeNetwork.open(serviceAddress);
    await network.own(frontAddress);
    const release = join(folder, "releases/downloads.lor.example/shop/8.2.1.zip");
    mkdirSync(dirname(release), { recursive: true });
    writeFileSync(release, "release");
    services = await startMachineServices({ cloud, network, folder, s3Program });
    expect([...services.databases.problems]).toEqual([]);
    writeFileSync(join(folder, "ca.pem"), services.authority.certificate);
  });

  afterAll(async () => {
    await services?.close();
    await network?.close();
    cloud?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const curl = (...args: string[]) =>
    network.run("curl", ["-sS", "--max-time", "20", "--cacert", join(folder, "ca.pem"), ...args]);
  const status = (...args: string[]) => curl("-o", "/dev/null", "-w", "%{http_code}", ...args);

  it("serve a signed document by its real name, verified by the cloud's authority", async () => {
    expect(JSON.parse(await curl(signedUrl(cloud, "guests/ps-0.json")))).toMatchObject({ name: "ps-0" });
    expect(await status(signedUrl(cloud, "guests/ps-0.json", 1))).toBe("401");
    await expect(network.run("curl", ["-sS", signedUrl(cloud, "guests/ps-0.json")])).rejects.toMatchObject({
      code: 60,
    });
  });

  it("take an object by a URL signed for PUT, and by no other", async () => {
    const put = signedPut(cloud, "hosts/ps-0.pub");
    expect(await status("-X", "PUT", "--data-binary", "x", signedUrl(cloud, "hosts/ps-0.pub"))).toBe("401");
    expect(await status("-X", "PUT", "--data-binary", "ssh-ed25519 AAAA", put)).toBe("201");
    expect(cloud.swift.objects.content("lor-test-configuration", "hosts/ps-0.pub", "GRA")).toBe("ssh-ed25519 AAAA");
    expect(await status(put)).toBe("401");
    expect(await status("-I", put)).toBe("200");
  });

  it("serve releases from files, and nothing beside them", async () => {
    expect(await curl("https://downloads.lor.example/shop/8.2.1.zip")).toBe("release");
    expect(await status("https://downloads.lor.example/shop/8.2.2.zip")).toBe("404");
    expect(await status("--path-as-is", "https://downloads.lor.example/../../authority/authority.pem")).toBe("404");
  });

  it("answer every other name with NXDOMAIN at once", async () => {
    const database = cloud.ovhDatabases.list()[0];
    const answers = await lookup(network, [
      "storage.sbg.cloud.ovh.net",
      database?.endpoints[0]?.domain ?? "",
      "packages.example",
    ]);
    expect(answers).toEqual([serviceAddress, database?.privateAddress, "ENOTFOUND"]);
    // Some resolvers ask by TCP alone.
    const questions = [{ type: "A" as const, name: "storage.sbg.cloud.ovh.net" }];
    const socket = await services.connect(serviceAddress, 53);
    socket.end(streamEncode({ type: "query", id: 7, questions }));
    const answer = streamDecode(await buffer(socket));
    expect(answer).toMatchObject({ id: 7, answers: [{ type: "A", data: serviceAddress }] });
    // A name that exists without an IPv6 address is not refused.
    expect(await lookup(network, ["storage.sbg.cloud.ovh.net", "packages.example"], "resolve6")).toEqual([
      "ENODATA",
      "ENOTFOUND",
    ]);
  });

  it("serve metadata for the address that asks, and stop when told", async () => {
    const from = ["--interface", frontAddress];
    const base = `http://${metadataAddress}`;
    const metadata = JSON.parse(await curl(...from, `${base}/openstack/latest/meta_data.json`));
    expect(metadata).toMatchObject({ name: "ps-0", hostname: "ps-0.novalocal", availability_zone: "nova" });
    expect(await curl(...from, `${base}/openstack/2018-08-27/user_data`)).toBe(
      cloud.nova.servers.list({ name: "ps-0" })[0]?.userData,
    );
    expect(await curl(...from, `${base}/latest/meta-data/local-ipv4`)).toBe(frontAddress);
    expect(await status(`${base}/openstack/latest/meta_data.json`)).toBe("404");
    services.metadata.answers = false;
    await expect(curl(...from, `${base}/openstack`)).rejects.toMatchObject({ code: 52 });
    services.metadata.answers = true;
    expect(await status(...from, `${base}/openstack`)).toBe("200");
  });

  it("keep their authority over a restart", async () => {
    const before = services.authority.certificate;
    await services.close();
    services = await startMachineServices({ cloud, network, folder, s3Program });
    expect(services.authority.certificate).toBe(before);
    expect(await status(signedUrl(cloud, "guests/ps-0.json"))).toBe("200");
  });
});

function signedPut(cloud: LocalCloud, object: string): string {
  const path = `/v1/AUTH_${cloud.keystone.projectId}/lor-test-configuration/${object}`;
  const expires = 4_000_000_000;
  const signature = createHmac("sha256", "temporary-key").update(`PUT\n${expires}\n${path}`).digest("hex");
  return `https://storage.gra.cloud.ovh.net${path}?temp_url_sig=${signature}&temp_url_expires=${expires}`;
}

/** Asks the name server as Node's resolver (c-ares) does: addresses, or codes of failures. */
async function lookup(network: HandMadeNetwork, names: readonly string[], method = "resolve4"): Promise<unknown> {
  const script = `
    const { Resolver } = require("node:dns").promises;
    const resolver = new Resolver({ timeout: 5000, tries: 1 });
    resolver.setServers(["${serviceAddress}"]);
    const ask = (name) => resolver.${method}(name).then(([first]) => first, ({ code }) => code);
    Promise.all(${JSON.stringify(names)}.map(ask)).then((answers) => console.log(JSON.stringify(answers)));`;
  return JSON.parse(await network.run(process.execPath, ["-e", script]));
}
