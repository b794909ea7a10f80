import type { Run } from "../../e2e/project.ts";
import { Shop } from "../shop/shop.ts";
import { PlainPulumi } from "./plain-pulumi.ts";
import { ShopWay } from "./shop-way.ts";
import { outputOf } from "./way.ts";

/** The same program of the same project by the engine's own `up`: one front after another, without drain, gate and steps. */
export class PlainPulumiWay extends ShopWay {
  readonly name = "plain Pulumi";

  static async open(): Promise<PlainPulumiWay> {
    const shop = await Shop.open("peer-pulumi");
    const pulumi = await PlainPulumi.open(shop);
    pulumi.installPackage();
    outputOf("pulumi stack init", await pulumi.run("stack", "init", "prod"));
    return new PlainPulumiWay(shop, pulumi);
  }

  create(): Promise<Run> {
    return this.#run("normal", "up", "--yes", "--skip-preview");
  }

  async requireSettled(): Promise<void> {
    outputOf("pulumi preview", await this.#run("normal", "preview", "--expect-no-changes"));
  }

  rush(): Promise<Run> {
    return this.#run("rush", "up", "--yes", "--skip-preview");
  }

  #run(profile: "normal" | "rush", command: string, ...more: readonly string[]): Promise<Run> {
    return this.pulumi.run(command, "--stack", "prod", "--config-file", `Pulumi.${profile}.yaml`, ...more);
  }
}
