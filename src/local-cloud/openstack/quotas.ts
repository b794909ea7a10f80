import type { Store } from "../kernel/store.ts";

/**
 * Limits of a project in one region, unless the cloud was told otherwise. OVHcloud's own differ by account and are not public: these
 * are ours, in the order of magnitude of an account that has grown a little.
 */
const defaultQuotas = {
  instances: 40,
  cores: 160,
  /** MB. */
  ram: 655_360,
  keypairs: 100,
  serverGroups: 50,
  volumes: 100,
  /** GB, all volumes together. */
  gigabytes: 40_000,
  networks: 100,
  subnets: 100,
  ports: 500,
  routers: 20,
  floatingIps: 50,
  securityGroups: 100,
  securityGroupRules: 2000,
  loadBalancers: 20,
  /** Of all pools together. */
  members: 500,
} as const;

export type QuotaName = keyof typeof defaultQuotas;

export const quotaNames = Object.freeze(Object.keys(defaultQuotas)) as readonly QuotaName[];

/** The project's limit in a region. */
export function quotaOf({ store }: { readonly store: Store }, region: string, name: QuotaName): number {
  const kept = store.setting(`quota ${region} ${name}`);
  return kept === undefined ? defaultQuotas[name] : Number(kept);
}

/** Changes a limit, for tests of what happens at it; undefined: the usual one again. */
export function setQuota(
  { store }: { readonly store: Store },
  region: string,
  name: QuotaName,
  limit: number | undefined,
): void {
  store.setSetting(`quota ${region} ${name}`, limit === undefined ? undefined : String(limit));
}
