/** One resource of a Plan. Plan items, created resources and price lines match one to one (golden test). */
export interface PlanItem {
  /** Pulumi name, a public contract: a rename needs an alias. */
  readonly name: string;
  /** Pulumi type token, such as `openstack:compute/instance:Instance`. */
  readonly type: string;
  /** The component that creates it, such as `PrestaShopTier`. */
  readonly component: string;
  /** Losing it loses data: protected. */
  readonly holdsData: boolean;
  /** Requests pass through it: never replaced by surprise. */
  readonly serves: boolean;
  /** Name of the member of a load-balanced group that it belongs to, such as a front. Absent: it belongs to none. */
  readonly member?: string;
  /** What is bought with it; a resource that costs nothing has the kind `free`. */
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
