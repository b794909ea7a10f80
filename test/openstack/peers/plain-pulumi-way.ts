import type { Run } from "../../e2e/project.ts";
import { Shop } from "../shop/shop.ts";
import { PlainPulumi } from "./plain-pulumi.ts";
import { outputOf, type Way } from "./way.ts";

/** The same program of the same project by the engine's own `up`: one front after another, without drain, gate and steps. */
export class PlainPulumiWay implements Way {
  readonly name = "plain Pulumi";
  readonly #shop: Shop;
  readonly #pulumi: PlainPulumi;

  private constructor(shop: Shop, pulumi: PlainPulumi) {
    this.#shop = shop;
    this.#pulumi = pulumi;
  }

  static async open(): Promise<PlainPulumiWay> {
    const shop = await Shop.open("peer-pulumi");
    const pulumi = await PlainPulumi.open(shop);
    pulumi.installPackage();
    outputOf("pulumi stack init", await pulumi.run("stack", "init", "prod"));
    return new PlainPulumiWay(shop, pulumi);
  }

  get cloud() {
    return this.#shop.cloud;
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

  /** `pulumi destroy` is refused while data is protected. */
  destroy(): Promise<Run> {
    return this.#shop.run("destroy", "--yes", "--with-data", "--in-freeze");
  }

  close(): Promise<void> {
    return this.#shop.close();
  }

  #run(profile: "normal" | "rush", command: string, ...more: readonly string[]): Promise<Run> {
    return this.#pulumi.run(command, "--stack", "prod", "--config-file", `Pulumi.${profile}.yaml`, ...more);
  }
}
