import { setTimeout as pause } from "node:timers/promises";
import { cloudFolder, connectLocalCloud } from "../../../src/stack/cloud-connection.ts";

/**
 * Counts again and again how many fronts serve: in the pool with a weight, on a machine that the cloud's model finds healthy. While the
 * cloud is dead nothing is counted: its own death is not the switch's doing.
 */
export class ServingWatch {
  /** Fewest fronts seen to serve at once. */
  fewest = Number.POSITIVE_INFINITY;
  looks = 0;
  #stopped = false;
  readonly #ended: Promise<void>;

  constructor(home: string) {
    this.#ended = this.#watch(cloudFolder(home));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async #watch(folder: string): Promise<void> {
    let serving: (() => Promise<number>) | undefined;
    while (!this.#stopped) {
      try {
        serving ??= await this.#counter(folder);
        this.fewest = Math.min(this.fewest, await serving());
        this.looks += 1;
      } catch {
        serving = undefined;
      }
      await pause(200);
    }
  }

  async #counter(folder: string): Promise<() => Promise<number>> {
    const { clients, control } = await connectLocalCloud(folder, { cloud: "ovh", region: "GRA11" });
    return async () => {
      const members = await clients.loadBalancer.members("lor-prod-lb-pool");
      const open = members.filter((one) => one.weight > 0 && one.provisioningStatus !== "PENDING_CREATE");
      const health = await Promise.all(open.map((one) => control.health(one.address)));
      return health.filter((one) => one.healthy).length;
    };
  }
}
