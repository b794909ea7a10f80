/** One resource of a Plan. Plan items, created resources and price lines correspond one to one (golden test). */
export interface PlanItem {
  /** Pulumi name, a public contract: a rename needs an alias. */
  readonly name: string;
  /** Pulumi type token, such as `openstack:compute/instance:Instance`. */
  readonly type: string;
  /** The component that creates it, such as `PrestaShopTier`. */
  readonly component: string;
  /** Whether it holds data: it is protected. */
  readonly holdsData: boolean;
  /** Whether requests pass through it: it is never replaced without approval. */
  readonly serves: boolean;
  /** Member of a load-balanced group that it belongs to, such as a front. Absent: none. */
  readonly member?: string;
  /** Charge of the resource; `free` when it has none. */
  readonly charge: Charge;
}

export type Charge =
  | { readonly kind: "free" }
  | { readonly kind: "instance"; readonly size: string }
  | {
      readonly kind: "database";
      readonly engine: "mysql" | "postgresql";
      readonly plan: string;
      readonly flavor: string;
      readonly nodes: number;
    }
  | { readonly kind: "load-balancer"; readonly bandwidth: number }
  | { readonly kind: "object-storage"; readonly gigabytes: number }
  /** The off-site copies, apart from the data itself. */
  | { readonly kind: "object-storage-copy"; readonly gigabytes: number }
  | { readonly kind: "volume"; readonly volumeType: string; readonly gigabytes: number }
  | { readonly kind: "floating-address" }
  | { readonly kind: "router" }
  | { readonly kind: "instance-backup"; readonly copies: number };
