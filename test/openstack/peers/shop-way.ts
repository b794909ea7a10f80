import type { Run } from "../../e2e/project.ts";
import type { Shop } from "../shop/shop.ts";
import type { PlainPulumi } from "./plain-pulumi.ts";
import type { Way } from "./way.ts";

/** A way that carries out the settings of a shop's project, by one of the two tools that share its state. */
export abstract class ShopWay implements Way {
  abstract readonly name: string;
  protected readonly shop: Shop;
  protected readonly pulumi: PlainPulumi;

  protected constructor(shop: Shop, pulumi: PlainPulumi) {
    this.shop = shop;
    this.pulumi = pulumi;
  }

  get cloud() {
    return this.shop.cloud;
  }

  abstract create(): Promise<Run>;
  abstract requireSettled(): Promise<void>;
  abstract rush(): Promise<Run>;

  /** `pulumi destroy` is refused while data is protected. */
  destroy(): Promise<Run> {
    return this.shop.run("destroy", "--yes", "--with-data", "--in-freeze");
  }

  close(): Promise<void> {
    return this.shop.close();
  }
}
