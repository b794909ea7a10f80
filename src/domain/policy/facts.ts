import type { Money } from "../../core/money.ts";
import type { Profile } from "../profile.ts";
import type { DataLoss } from "../recovery.ts";

/**
 * Facts that policies judge, derived by a system. Incomplete settings yield some of the groups, a Plan yields all. A policy sees nothing else.
 */
export interface PolicyFacts {
  readonly recovery: RecoveryPromise;
  readonly places: readonly DataSetPlace[];
  readonly holders: readonly DataHolder[];
  readonly databases: readonly DatabaseAccess[];
  readonly connections: readonly DatabaseConnections[];
  readonly ports: readonly ServerPort[];
  readonly remoteAccess: RemoteAccess;
  readonly fronts: FrontCount;
  readonly spread: FrontSpread;
  readonly bill: Bill;
  readonly priceBooks: PriceBookAges;
  readonly calendar: CalendarReach;
  /** Only when a certificate is about to be installed. */
  readonly certificate: CertificateAge;
  /** Only when a change is about to be made. */
  readonly change: ChangeMoment;
}

interface RecoveryPromise {
  readonly rpoSeconds: number;
  readonly losses: readonly DataLoss[];
  /** Setting that shortens the loss, by data set. */
  readonly settings: Readonly<Record<string, string>>;
}

interface DataSetPlace {
  readonly dataSet: string;
  /** Region of the data, and of its copies, as names of storage regions (`GRA`). */
  readonly region: string;
  readonly copyRegions: readonly string[];
  /** Whether the data-loss statement promises that the data survives the loss of its region. */
  readonly outlivesRegion: boolean;
  /** Setting of the copies' region. */
  readonly setting: string;
}

interface DataHolder {
  /** Data set, or `copies of …`. */
  readonly dataSet: string;
  /** Pulumi type and name of the resource. */
  readonly resource: string;
  readonly protected: boolean;
  /** Section of the settings. */
  readonly setting: string;
}

interface DatabaseAccess {
  /** Section of the settings, such as `mysql`. */
  readonly setting: string;
  /** Networks that may connect, as CIDR. */
  readonly allowedFrom: readonly string[];
}

/** Connections of one profile to one database. */
interface DatabaseConnections {
  /** Section of the settings, such as `mysql`. */
  readonly setting: string;
  readonly profile: Profile;
  readonly flavor: string;
  /** Connections that the flavor accepts at the same time. */
  readonly limit: number;
  /** Machines that connect, and how many connections each may hold. */
  readonly clients: readonly { readonly name: string; readonly connections: number }[];
  /** Settings that lower the number, apart from a larger flavor. */
  readonly remedies: readonly string[];
}

interface ServerPort {
  readonly server: string;
  /** Cloud name of its security group; undefined: the project's default group. */
  readonly group: string | undefined;
  readonly setting: string;
}

interface RemoteAccess {
  /** Setting of the networks. */
  readonly setting: string;
  /** Networks from which administrators may connect, as CIDR; empty: nobody may. */
  readonly allowFrom: readonly string[];
}

interface FrontCount {
  /** Fronts behind the load balancer. */
  readonly count: Readonly<Record<Profile, number>>;
  /** Setting of the count. */
  readonly setting: string;
}

interface FrontSpread {
  /** Section of the settings that describes the fronts. */
  readonly setting: string;
  /** Policy of the fronts' server group; undefined: they are in no group. */
  readonly groupPolicy: string | undefined;
}

interface Bill {
  /** Highest monthly bill before tax; undefined: no limit. */
  readonly budget: Money | undefined;
  readonly months: readonly MonthlyBill[];
}

export interface MonthlyBill {
  readonly profile: Profile;
  /** Sum of all known prices, inside and outside the offer; undefined: none is known. */
  readonly known: Money | undefined;
  /** Price keys without a known price, such as `router`. */
  readonly unpriced: readonly string[];
}

interface PriceBookAges {
  readonly mostDays: number;
  /** Whether a budget is set, which rests on these prices. */
  readonly carriesBudget: boolean;
  /** Price books in use. */
  readonly books: readonly { readonly id: string; readonly date: string; readonly days: number }[];
}

interface CalendarReach {
  /** `lastDay`, `YYYY-MM-DD`: end of the last rush of an event that will not recur; undefined: it will. */
  readonly events: readonly { readonly event: string; readonly lastDay: string | undefined }[];
}

interface CertificateAge {
  /** Environment variable with the path of the file. */
  readonly setting: string;
  readonly file: string;
  /** Last valid moment, ISO 8601. */
  readonly notAfter: string;
  /** Whole days until then; negative afterwards. */
  readonly daysLeft: number;
}

interface ChangeMoment {
  /** Change freeze in force; days as `YYYY-MM-DD`. */
  readonly freeze: { readonly event: string; readonly firstDay: string; readonly lastDay: string } | undefined;
}
