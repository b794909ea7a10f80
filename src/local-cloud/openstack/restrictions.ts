import { CloudError } from "../kernel/cloud-error.ts";
import type { CloudContext } from "../kernel/context.ts";
import { computeRegions, requireRegion } from "../kernel/regions.ts";
import type { Store } from "../kernel/store.ts";
import { type QuotaName, quotaNames, quotaOf, setQuota } from "./quotas.ts";

/** Restrictions of a region: lower quotas, flavors that are no longer offered, backups that are not made. */
export interface RestrictionOrder {
  /** Compute region, such as `GRA11`. */
  readonly region: string;
  /** New limits by name, such as `instances`. */
  readonly quotas?: Readonly<Record<string, number>> | undefined;
  /** Sizes of machines or load balancers that are not offered any more; what has them keeps them. */
  readonly withdrawn?: readonly string[] | undefined;
  /** No backup or copy was made for so many seconds, in the whole cloud. */
  readonly backupsStoppedForSeconds?: number | undefined;
}

export interface RestrictionsView {
  readonly quotas: readonly { readonly region: string; readonly name: QuotaName; readonly limit: number }[];
  readonly withdrawn: readonly { readonly region: string; readonly name: string }[];
  /** The last moment at which a backup was made. */
  readonly backupsStoppedAt: string | undefined;
}

const stoppedKey = "backups stopped at";

/** Stays in force until revoked with `--clear`. */
export class Restrictions {
  readonly #context: CloudContext;

  constructor(context: CloudContext) {
    this.#context = context;
  }

  order({ region: asked, quotas = {}, withdrawn, backupsStoppedForSeconds }: RestrictionOrder): RestrictionsView {
    const region = requireRegion(asked, computeRegions);
    const limits = Object.entries(quotas).map(([name, limit]) => [requireQuota(name), limit] as const);
    return this.#context.write(() => {
      const { store } = this.#context;
      for (const [name, limit] of limits) setQuota(this.#context, region, name, limit);
      if (withdrawn !== undefined) {
        const names = new Set([...withdrawnIn(store, region), ...withdrawn]);
        store.setSetting(withdrawnKey(region), [...names].join(" "));
      }
      if (backupsStoppedForSeconds !== undefined) {
        store.setSetting(stoppedKey, String(this.#context.clock.now() - backupsStoppedForSeconds * 1000));
      }
      return this.#view();
    });
  }

  view(): RestrictionsView {
    return this.#context.read(() => this.#view());
  }

  clear(): void {
    this.#context.write(() => {
      for (const region of computeRegions) {
        for (const name of quotaNames) setQuota(this.#context, region, name, undefined);
        this.#context.store.setSetting(withdrawnKey(region), undefined);
      }
      this.#context.store.setSetting(stoppedKey, undefined);
    });
  }

  #view(): RestrictionsView {
    const { store, clock } = this.#context;
    const stopped = store.setting(stoppedKey);
    return {
      quotas: computeRegions.flatMap((region) =>
        quotaNames
          .filter((name) => store.setting(`quota ${region} ${name}`) !== undefined)
          .map((name) => ({ region, name, limit: quotaOf(this.#context, region, name) })),
      ),
      withdrawn: computeRegions.flatMap((region) => withdrawnIn(store, region).map((name) => ({ region, name }))),
      backupsStoppedAt: stopped === undefined ? undefined : clock.iso(Number(stopped)),
    };
  }
}

/** Whether a size is not offered any more. */
export function isWithdrawn({ store }: { readonly store: Store }, region: string, name: string): boolean {
  return withdrawnIn(store, region).includes(name);
}

/** The last moment at which a backup was made: now, unless they were stopped. */
export function lastBackupMoment({ store, clock }: Pick<CloudContext, "store" | "clock">): number {
  const stopped = store.setting(stoppedKey);
  return stopped === undefined ? clock.now() : Math.min(clock.now(), Number(stopped));
}

function withdrawnIn(store: Store, region: string): readonly string[] {
  return store.setting(withdrawnKey(region))?.split(" ") ?? [];
}

function withdrawnKey(region: string): string {
  return `withdrawn ${region}`;
}

function requireQuota(name: string): QuotaName {
  const found = quotaNames.find((one) => one === name);
  if (found === undefined) {
    throw new CloudError(400, "bad-request", `there is no quota ${name}, only ${quotaNames.join(", ")}`);
  }
  return found;
}
