import type { Money } from "../../core/money.ts";
import type { Profile } from "../profile.ts";
import type { DataLoss } from "../recovery.ts";

/**
 * What policies judge, in groups that are there or not: settings that are still being put right give some of them, a Plan
 * gives all. A system derives them; nothing else is told to a policy.
 */
export interface PolicyFacts {
  readonly recovery: RecoveryPromise;
  readonly places: readonly DataSetPlace[];
  readonly holders: readonly DataHolder[];
  readonly databases: readonly DatabaseAccess[];
  readonly ports: readonly ServerPort[];
  /** Fronts behind the load balancer, by profile. */
  readonly fronts: Readonly<Record<Profile, number>>;
  readonly spread: FrontSpread;
  readonly bill: Bill;
  readonly priceBooks: PriceBookAges;
  readonly calendar: CalendarReach;
  /** Only where a certificate is about to be used. */
  readonly certificate: CertificateAge;
  /** Only where somebody asks for a change now. */
  readonly change: ChangeMoment;
}

interface RecoveryPromise {
  readonly rpoSeconds: number;
  readonly losses: readonly DataLoss[];
  /** Setting that shortens the loss of a data set, where there is one. */
  readonly settings: Readonly<Record<string, string>>;
}

interface DataSetPlace {
  readonly dataSet: string;
  /** Region that the data is in, and those of its copies, all named as storage regions are (`GRA`). */
  readonly region: string;
  readonly copyRegions: readonly string[];
  /** The data-loss statement promises that it outlives its region. */
  readonly outlivesRegion: boolean;
  /** Setting of the copy's region. */
  readonly setting: string;
}

interface DataHolder {
  /** Data set, or `copies of …`. */
  readonly dataSet: string;
  /** Pulumi type and name of the resource that it lies on. */
  readonly resource: string;
  readonly protected: boolean;
  /** Section of the settings that it is described in. */
  readonly setting: string;
}

interface DatabaseAccess {
  /** Section of the settings, such as `mysql`. */
  readonly setting: string;
  /** Networks that may connect, as CIDR. */
  readonly allowedFrom: readonly string[];
}

interface ServerPort {
  readonly server: string;
  /** Cloud name of the security group that guards it; undefined: the cloud's default one, which lets everything in. */
  readonly group: string | undefined;
  readonly setting: string;
}

interface FrontSpread {
  /** Policy of the server group that the fronts are in; undefined: they are in none. */
  readonly groupPolicy: string | undefined;
}

interface Bill {
  /** Most that a month may cost before tax; undefined: no cap was set. */
  readonly budget: Money | undefined;
  readonly months: readonly MonthlyBill[];
}

export interface MonthlyBill {
  readonly profile: Profile;
  /** Sum of what has a price, inside and outside the offer; undefined: nothing has one. */
  readonly known: Money | undefined;
  /** Price keys that have none, such as `router`. */
  readonly unpriced: readonly string[];
}

interface PriceBookAges {
  readonly mostDays: number;
  /** A cap on the bill rests on these prices. */
  readonly carriesBudget: boolean;
  /** Books that a price of this system is from. */
  readonly books: readonly { readonly id: string; readonly date: string; readonly days: number }[];
}

interface CalendarReach {
  /** `lastDay`, `YYYY-MM-DD`, of the rush of an event that is over and never comes again; undefined: it still comes. */
  readonly events: readonly { readonly event: string; readonly lastDay: string | undefined }[];
}

interface CertificateAge {
  /** Environment variable that names the file. */
  readonly setting: string;
  readonly file: string;
  /** Last valid moment, ISO 8601. */
  readonly notAfter: string;
  /** Whole days until then; negative afterwards. */
  readonly daysLeft: number;
}

interface ChangeMoment {
  /** The change freeze that this moment lies in, days as `YYYY-MM-DD`. */
  readonly freeze: { readonly event: string; readonly firstDay: string; readonly lastDay: string } | undefined;
}
