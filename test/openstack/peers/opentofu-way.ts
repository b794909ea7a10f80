import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ended, type Run } from "../../e2e/project.ts";
import { Cloud } from "../cloud.ts";
import { computeRegion } from "../shop/offers.ts";
import type { InstalledOpenTofu } from "./install-opentofu.ts";
import type { TerraformConfiguration } from "./terraform-configuration.ts";
import { outputOf, type Way } from "./way.ts";

const source = "terraform-provider-openstack/openstack";

export interface OpenTofuWayArgs {
  readonly name: string;
  readonly installed: InstalledOpenTofu;
  readonly normal: TerraformConfiguration;
  readonly rush: TerraformConfiguration;
}

/** `tofu apply` of the same OpenStack resources, with the same provider as a plugin of its own. */
export class OpenTofuWay implements Way {
  readonly name: string;
  readonly cloud: Cloud;
  readonly #args: OpenTofuWayArgs;
  readonly #folder = mkdtempSync(join(tmpdir(), "lor-infra-opentofu-"));

  private constructor(cloud: Cloud, args: OpenTofuWayArgs) {
    this.name = args.name;
    this.cloud = cloud;
    this.#args = args;
  }

  static async open(args: OpenTofuWayArgs): Promise<OpenTofuWay> {
    const way = new OpenTofuWay(await Cloud.enter("peer-opentofu"), args);
    way.#mirrorProvider();
    way.#configure(args.normal);
    outputOf("tofu init", await way.#tofu("init"));
    return way;
  }

  create(): Promise<Run> {
    return this.#tofu("apply", "-auto-approve");
  }

  async requireSettled(): Promise<void> {
    outputOf("tofu plan", await this.#tofu("plan", "-detailed-exitcode"));
  }

  rush(): Promise<Run> {
    this.#configure(this.#args.rush);
    return this.#tofu("apply", "-auto-approve");
  }

  destroy(): Promise<Run> {
    return this.#tofu("destroy", "-auto-approve");
  }

  close(): Promise<void> {
    this.cloud.leave();
    rmSync(this.#folder, { recursive: true, force: true });
    return Promise.resolve();
  }

  /** A folder in which OpenTofu finds the provider, as in a registry. */
  #mirrorProvider(): void {
    const { provider, providerVersion } = this.#args.installed;
    const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
    const mirror = join(this.#folder, "mirror");
    const folder = join(mirror, "registry.opentofu.org", source, providerVersion, platform);
    mkdirSync(folder, { recursive: true });
    symlinkSync(provider, join(folder, basename(provider)));
    writeFileSync(
      join(this.#folder, "cli.tfrc"),
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
    );
  }

  #configure(configuration: TerraformConfiguration): void {
    const { providerVersion } = this.#args.installed;
    const whole = {
      terraform: { required_providers: { openstack: { source, version: providerVersion } } },
      ...configuration,
    };
    writeFileSync(join(this.#folder, "main.tf.json"), JSON.stringify(whole, undefined, 2), { mode: 0o600 });
  }

  #tofu(command: string, ...more: readonly string[]): Promise<Run> {
    return ended(
      spawn(this.#args.installed.path, [command, "-input=false", "-no-color", ...more], {
        cwd: this.#folder,
        env: {
          ...process.env,
          ...this.cloud.variables,
          OS_REGION_NAME: computeRegion,
          TF_CLI_CONFIG_FILE: join(this.#folder, "cli.tfrc"),
          TF_IN_AUTOMATION: "yes",
          CHECKPOINT_DISABLE: "yes",
        },
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  }
}
