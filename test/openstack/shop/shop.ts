import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { selfSignedPkcs12 } from "../../../src/local-cloud/tls-certificate.ts";
import { ended, launcher, type Run } from "../../e2e/project.ts";
import { Cloud } from "../cloud.ts";
import { computeRegion, offerAsOvhcloud } from "./offers.ts";
import { OvhHalf } from "./ovh-half.ts";

const program = join(import.meta.dirname, "lor-infra.ts");

/**
 * A project of a user, as `lor-infra init` makes it, in a shell that has read the openrc file of a real OpenStack: `--cloud ovh`, with the real
 * OpenStack provider. OVHcloud's own half is the local cloud's.
 */
export class Shop {
  readonly cloud: Cloud;
  readonly folder: string;
  readonly #half: OvhHalf;
  readonly #env: Record<string, string | undefined>;

  private constructor(cloud: Cloud, half: OvhHalf, folder: string, env: Record<string, string | undefined>) {
    this.cloud = cloud;
    this.folder = folder;
    this.#half = half;
    this.#env = env;
  }

  static async open(purpose: string): Promise<Shop> {
    const cloud = await Cloud.enter(purpose);
    const folder = mkdtempSync(join(tmpdir(), "lor-infra-shop-"));
    const plugins = join(folder, ".plugins");
    const half = await OvhHalf.start(plugins, await offerAsOvhcloud(cloud.admin));
    const certificate = join(folder, ".shop.p12");
    writeFileSync(certificate, selfSignedPkcs12(["www.lor.example"], new Date()), { mode: 0o600 });
    const shop = new Shop(cloud, half, folder, {
      ...process.env,
      ...cloud.variables,
      ...half.variables,
      OS_REGION_NAME: computeRegion,
      LOR_TLS_PKCS12_FILE: certificate,
      PATH: [plugins, cloud.pluginFolder, process.env.PATH].join(delimiter),
      // What is not on PATH is to fail at once, not to be downloaded.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_HOME: join(folder, ".pulumi-home"),
      NO_COLOR: "1",
    });
    const project = join(folder, "shop");
    const made = await ended(spawn(process.execPath, [launcher, "init", project], { env: process.env }));
    if (made.code !== 0) throw new Error(`lor-infra init failed: ${made.stderr}`);
    // Plain OpenStack has no load balancer whose size changes.
    shop.edit("Pulumi.yaml", (text) => text.replace("shell: ovh", "shell: openstack"));
    shop.edit("Pulumi.rush.yaml", (text) => text.replace("bandwidth: 2000", "bandwidth: 500"));
    return shop;
  }

  edit(file: string, change: (text: string) => string): void {
    const path = join(this.folder, "shop", file);
    const before = readFileSync(path, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${file} changed nothing`);
    writeFileSync(path, after);
  }

  /** Runs `lor-infra COMMAND --cloud ovh …` to its end. */
  run(command: string, ...more: readonly string[]): Promise<Run> {
    const child = spawn(process.execPath, [program, command, "--cloud", "ovh", ...more], {
      cwd: join(this.folder, "shop"),
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return ended(child);
  }

  /** The same with `--json`: its document. */
  async json<T>(command: string, ...more: readonly string[]): Promise<T> {
    const run = await this.run(command, "--json", ...more);
    if (run.code !== 0) throw new Error(`lor-infra ${command} ended with ${run.code}:\n${run.stdout}\n${run.stderr}`);
    return JSON.parse(run.stdout) as T;
  }

  /** Ends OVHcloud's half and forgets the state; what is in OpenStack is the test's to delete before. */
  async close(): Promise<void> {
    await this.#half.close();
    this.cloud.leave();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
