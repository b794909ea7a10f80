import { region, type SimShop } from "./shop.ts";

/** Something that must never be. */
export class BrokenPromise extends Error {}

/** Looks after each event whether what is always promised still holds. */
export class Promises {
  readonly #shop: SimShop;
  /** Healthy fronts that serve, at least; 0 until the shop is up. */
  #least = 0;
  #generation = -1;
  /** Until then nobody's health changes by time alone; milliseconds. */
  #healthUntil = 0;
  #data: readonly string[] = [];
  /** Fronts that a trouble has taken, until they are back; the value says whether they have left. */
  readonly #taken = new Map<string, boolean>();

  constructor(shop: SimShop) {
    this.#shop = shop;
  }

  /** From now on whoever serves and whatever holds data stays. */
  begin(least: number): void {
    this.#least = least;
    this.#data = this.#dataThere();
  }

  /** A trouble itself takes a front out of the pool, now or soon. */
  take(name: string): void {
    this.#taken.set(name, false);
  }

  look(): void {
    if (this.#least === 0) return;
    const { cloud } = this.#shop.cloud;
    const { generation } = cloud.store;
    if (generation === this.#generation && this.#shop.scheduler.now < this.#healthUntil) return;
    this.#generation = generation;
    const serving = this.serving();
    for (const [name, hasLeft] of this.#taken) {
      const serves = serving.includes(name);
      if (!serves) this.#taken.set(name, true);
      else if (hasLeft) this.#taken.delete(name);
    }
    if (serving.length < this.#least - this.#taken.size) {
      throw new BrokenPromise(`only ${serving.join(", ") || "nobody"} serves; promised are ${this.#least} fronts`);
    }
    this.#healthUntil = cloud.nextHealthChange() ?? Number.POSITIVE_INFINITY;
    const names = cloud.nova.servers.list({ region }).map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new BrokenPromise(`${twice} exists twice`);
    const data = new Set(this.#dataThere());
    const lost = this.#data.filter((one) => !data.has(one));
    if (lost.length > 0) throw new BrokenPromise(`deleted although nobody approved it: ${lost.join(", ")}`);
  }

  /** When everything has ended: whatever is in the cloud is in the state, and the lock is free. */
  async lookAtTheEnd(): Promise<void> {
    const known = await this.#shop.recordedIds();
    const forgotten = this.#everything().filter(({ id }) => !known.has(id));
    if (forgotten.length > 0) {
      throw new BrokenPromise(`in the cloud and not in the state: ${forgotten.map(({ what }) => what).join(", ")}`);
    }
    const serving = this.serving();
    if (serving.length < this.#least) throw new BrokenPromise(`in the end only ${serving.join(", ")} serves`);
    if (await this.#shop.isLocked()) throw new BrokenPromise("in the end the lock is not free");
  }

  /** Names of the healthy members of the pool. */
  serving(): readonly string[] {
    const { octavia } = this.#shop.cloud.cloud;
    return octavia.pools
      .list({ region })
      .flatMap((pool) => octavia.members.list(pool.id))
      .filter((member) => member.weight > 0 && member.operatingStatus === "ONLINE")
      .map(({ name }) => name);
  }

  #everything(): readonly { readonly id: string; readonly what: string }[] {
    const { nova, neutron, cinder, octavia, ovhDatabases } = this.#shop.cloud.cloud;
    const named = (kind: string, all: readonly { readonly id: string; readonly name: string }[]) =>
      all.map(({ id, name }) => ({ id, what: `${kind} ${name}` }));
    const members = octavia.pools.list({ region }).flatMap((pool) => octavia.members.list(pool.id));
    const ports = neutron.ports.list({ region }).filter(({ deviceOwner }) => /^(compute:.*)?$/.test(deviceOwner));
    return [
      ...named("server", nova.servers.list({ region })),
      ...named("port", ports),
      ...cinder.volumes.list({ region }).map(({ id, name, status }) => ({ id, what: `volume ${name} (${status})` })),
      ...named("member", members),
      ...ovhDatabases.list().map(({ id, description }) => ({ id, what: `database ${description}` })),
    ];
  }

  #dataThere(): readonly string[] {
    const { ovhDatabases, cinder } = this.#shop.cloud.cloud;
    return [
      ...ovhDatabases.list().map(({ id }) => `database ${id}`),
      ...cinder.volumes
        .list({ region })
        .filter(({ name }) => name.includes("odoo"))
        .map(({ id }) => `volume ${id}`),
    ];
  }
}
