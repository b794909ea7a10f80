import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readYamlFile } from "../../src/config/yaml-file.ts";
import { writeMachinesProject } from "../../src/local-cloud/machines/applications/demo-project.ts";
import { cacheHome } from "../../src/os/cache-home.ts";
import { cloudFolder, connectLocalCloud, requireLocalCloud } from "../../src/stack/cloud-connection.ts";
import { PebbleServer } from "../acme/pebble-server.ts";
import { type Run, repository, runProgram, trafficOffset } from "../e2e/project.ts";
import { HandshakeClients, shownCertificate } from "../handshake-clients.ts";
import { obstacle } from "./lab.ts";

const domain = "www.lor.example";

/** Everything as a person does it, with the commands: `cloud start --machines` to `certificate renew`. */
describe.skipIf(obstacle !== undefined)(
  "the shop's certificate by http-01, through the balancer to fronts that boot",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "lor-machines-"));
    const home = join(folder, "state");
    const offset = trafficOffset();
    let settings = "";
    let env: NodeJS.ProcessEnv = {};
    let authority: PebbleServer | undefined;

    const run = (...args: string[]): Promise<Run> => runProgram(args, { cwd: settings, env });
    const json = async <T>(...args: string[]): Promise<T> => {
      const { code, stdout, stderr } = await run(...args, "--json");
      expect(code, stdout + stderr).toBe(0);
      return JSON.parse(stdout) as T;
    };

    beforeAll(async () => {
      const example = readYamlFile(repository, "Pulumi.yaml");
      if (!example.ok) throw new Error("the example's settings are damaged");
      const project = (certificates: object) => {
        const shared = { ...example.value, config: { ...(example.value.config as object), ...certificates } };
        return writeMachinesProject({ example: repository, shared, folder });
      };
      const { releases, userHome } = project({});
      settings = join(folder, "project");
      env = {
        ...process.env,
        NO_COLOR: "1",
        HOME: userHome,
        XDG_CACHE_HOME: cacheHome(process.env),
        LOR_INFRA_HOME: home,
        LOR_INFRA_TRAFFIC_OFFSET: String(offset),
      };
      await json("cloud", "start", "--machines", "--releases", releases);
      const { dnsServer = "" } = requireLocalCloud(cloudFolder(home)).runtime;
      authority = await PebbleServer.start({ dnsServer, httpPort: offset + 80 });
      const { directory, trustFile } = authority;
      rmSync(userHome, { recursive: true });
      project({ certificates: { value: { kind: "acme", directory, challenge: "http-01" } } });
      env = { ...env, NODE_EXTRA_CA_CERTS: trustFile };
      // The fronts wait for their application.
      const first = await run("up", "--yes");
      expect(first.stdout + first.stderr).toContain("front-unhealthy");
      await json("app", "install");
      await json("up", "--yes");
    });

    afterAll(async () => {
      if (settings !== "") await run("cloud", "stop");
      await authority?.dispose();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    });

    it("is obtained, and renewed without a failed handshake", async () => {
      const { addresses } = await json<{ addresses: { loadBalancer: { public: string } } }>("status");
      // Where the load balancer answers on this machine.
      const host = `127.${addresses.loadBalancer.public.split(".").slice(1).join(".")}`;
      const { zones } = (await connectLocalCloud(cloudFolder(home), { cloud: "ovh", region: "GRA11" })).clients;
      await zones.create("lor.example", { subDomain: "www", fieldType: "A", target: host, ttl: 0 });
      await zones.publish("lor.example");
      const dial = async () => connect(offset + 443, host);
      const shown = async () => shownCertificate(domain, await dial());
      const selfMade = await shown();
      expect(await json("certificate", "renew")).toMatchObject({ obtained: true, installed: "now" });
      const obtained = await shown();
      expect(obtained).toMatchObject({
        subjectaltname: `DNS:${domain}`,
        issuer: { CN: expect.stringMatching(/^Pebble Intermediate/) as string },
      });
      expect(obtained.fingerprint256).not.toBe(selfMade.fingerprint256);

      const clients = new HandshakeClients(domain, dial);
      expect(await json("certificate", "renew", "--force")).toMatchObject({ obtained: true, installed: "now" });
      const { handshakes, failures, fingerprints } = await clients.stop();
      expect(failures).toEqual([]);
      expect([...fingerprints]).toEqual([obtained.fingerprint256, (await shown()).fingerprint256]);
      console.log(`${handshakes} handshakes while the shop's certificate was renewed, ${failures.length} failed`);
      expect((await run("preview", "--exit-code")).code).toBe(0);
    });
  },
);
