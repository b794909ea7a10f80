import type { Run } from "../../e2e/project.ts";
import { Shop } from "../shop/shop.ts";
import { PlainPulumi } from "./plain-pulumi.ts";
import { ShopWay } from "./shop-way.ts";
import type { RecordedResource } from "./terraform-configuration.ts";
import { outputOf } from "./way.ts";

/** The project's own commands, with every gate. */
export class LorInfraWay extends ShopWay {
  readonly name = "lor-infra";

  static async open(): Promise<LorInfraWay> {
    const shop = await Shop.open("peer-lor-infra");
    return new LorInfraWay(shop, await PlainPulumi.open(shop));
  }

  create(): Promise<Run> {
    return this.shop.run("up", "--yes", "--in-freeze");
  }

  async requireSettled(): Promise<void> {
    const { differs } = await this.shop.json<{ differs: boolean }>("preview");
    if (differs) throw new Error("lor-infra preview shows changes right after the creation");
  }

  rush(): Promise<Run> {
    return this.shop.run("rush", "--yes", "--in-freeze");
  }

  /** What the state says now, secrets in clear. */
  async recorded(): Promise<readonly RecordedResource[]> {
    const run = await this.pulumi.run("stack", "export", "--stack", "prod", "--show-secrets");
    return (JSON.parse(outputOf("pulumi stack export", run)) as { deployment: { resources: RecordedResource[] } })
      .deployment.resources;
  }
}
