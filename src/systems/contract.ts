import type { ZodObject } from "zod";
import type { Duration } from "../core/duration.ts";
import type { Money } from "../core/money.ts";
import type { Issue } from "../core/result.ts";
import type { Calendar } from "../domain/calendar/model.ts";
import type { CertificateSettings } from "../domain/certificates.ts";
import type { PlanItem } from "../domain/plan-item.ts";
import type { WaivedViolation, Waiver } from "../domain/policy/waiver.ts";
import type { Profile } from "../domain/profile.ts";
import type { DataLoss } from "../domain/recovery.ts";
import type { StateBackend } from "../domain/state-backend.ts";
import type { Fleet } from "../rolling/fleet.ts";
import type { LiveFleet, SwitchGoal } from "../rolling/model.ts";
import type { BackupPromise } from "../rolling/preflight/backups.ts";
import type { ReturnTask } from "../rolling/scale-down-hooks.ts";
import type { ServingCapacity } from "../rolling/traffic.ts";

/** Settings of every system, validated and with defaults. A system's own settings extend them. */
export interface SharedSettings {
  /** Id of the system, which is the name of its folder. */
  readonly system: string;
  readonly profile: Profile;
  /** Longest data loss, as a period of time, that the company accepts. */
  readonly rpo: Duration;
  /** Calendar of rush; without events for a system that has no rush. */
  readonly calendar: Calendar;
  readonly state: {
    /** Location of state, lock and journals of the real cloud's stacks. Default: the state folder of this machine. */
    readonly backend: StateBackend;
    /** Whether stacks of the local cloud use the same backend. Default: false. */
    readonly localCloudToo: boolean;
  };
  readonly policies: {
    /** Highest monthly bill of the more expensive profile, before tax; undefined (`none`, the default): no limit. */
    readonly budget: Money | undefined;
    /** Age from which a price book is reported as old. Default: P540D. */
    readonly priceBookAge: Duration;
  };
  readonly hooks: {
    /** Highest traffic at which the fleet is scaled down from rush to normal, and the backups taken first. */
    readonly beforeScaleDown: {
      /** Highest number of open connections; undefined (the default): what normal's members can serve. */
      readonly connections?: number | undefined;
      /** Highest rate of new connections, per second; undefined (the default): what normal's processors can serve. */
      readonly connectionsPerSecond?: number | undefined;
      /** Backups taken before the scale-down, in this order. */
      readonly tasks: readonly ReturnTask[];
    };
  };
  /** Accepted policy violations, for a limited time. */
  readonly waivers: readonly Waiver[];
}

/** Fields of every Plan. A system's own Plan extends it. */
export interface SystemPlan {
  readonly system: string;
  /** Prefix of every cloud name: `<project>-<stack>`, such as `lor-prod`. */
  readonly prefix: string;
  /** The profile that this Plan describes; undefined between two profiles. */
  readonly profile: Profile | undefined;
  /** Members that a switch changes; empty for a system without `rolling`. */
  readonly fleet: Fleet;
  /** Accepted data loss, in seconds: setting `rpo`. */
  readonly rpoSeconds: number;
}

/** Both profiles of a system; the same settings twice for a system without `rolling`. */
export type ProfilePair<S> = Readonly<Record<Profile, S>>;

export interface PlanArgs<S> {
  /** Project name: first half of every cloud name. */
  readonly project: string;
  /** Stack name, which is the environment: second half of every cloud name. */
  readonly stack: string;
  readonly settings: ProfilePair<S>;
  /** Fleet of a profile, or between two profiles. */
  readonly fleet: Fleet;
  /** Set when the fleet is that of a profile. */
  readonly profile?: Profile;
}

export interface BuildOptions {
  /** Chain the members, extra ones first: for a run that may change several members of a system that serves. */
  readonly chain: boolean;
  /** Names of the members whose machines exist; without a chain new ones are placed beside them in rounds. Default: none. */
  readonly placed?: readonly string[];
  /** New members join the pool with weight 0: the switch lets them in once they are healthy. Default: false. */
  readonly joinDrained?: boolean;
  /** Certificate of the load balancer as PKCS#12 without password, in base64. Secret; empty for a system without one. */
  readonly tlsPkcs12: string;
  /** Fingerprint of the account at a certificate authority whose http-01 checks the members answer. Default: they answer none. */
  readonly acmeThumbprint?: string;
  /** Password of the mail relay's user. Secret. Absent: the relay asks for none. */
  readonly mailPassword?: string;
  /** `local` or the id of the system's cloud; recorded in the stack's outputs. */
  readonly cloud: string;
  /** Lifts the protection of resources that hold data, so that a destroy may follow. Default: false. */
  readonly allowDataDeletion?: boolean;
}

/** Results of rules and policies for a pair of settings. */
export interface Refusals {
  readonly issues: readonly Issue[];
  /** Violations of policies that could be waived. */
  readonly policies: readonly Issue[];
  /** Violations accepted by a waiver, and unused waivers: reported at each run. */
  readonly waivers: readonly Issue[];
  /** Violations accepted by a waiver, with its owner. */
  readonly waived: readonly WaivedViolation[];
  readonly warnings: readonly Issue[];
}

/** A setting whose value two stacks cannot share. */
export interface StackCollision {
  readonly path: string;
  readonly value: unknown;
  /** Accepted value in words, such as `a domain of its own`. */
  readonly accepted: string;
}

export interface ProjectTemplateArgs {
  /** Project name: first half of every cloud name. */
  readonly name: string;
  /** Program that Pulumi runs, relative to the project's folder. */
  readonly program: string;
  /** One line for Pulumi.yaml. Default: the title of the system. */
  readonly description?: string;
  readonly encryptionSalt: string;
  /** Location of the passphrase; one line. */
  readonly saltRemark: string;
}

export interface TemplateFile {
  /** Path relative to the project's folder. */
  readonly file: string;
  readonly content: string;
}

/** A resource of the program. */
interface ResourceName {
  readonly type: string;
  readonly name: string;
}

/** Relay of outgoing mail that may ask for a user and a password. */
interface MailRelay<S> {
  /** Environment variable with the path of the password's file. */
  readonly variable: string;
  /** User of the relay; undefined: it asks for none. */
  user(settings: S): string | undefined;
}

/** A secret that exists in the state only, because no provider reads it back. */
export interface KeptSecret extends ResourceName {
  /** Output of the resource with the secret. */
  readonly output: "result" | "password";
  /** Description for a person. */
  readonly what: string;
  /** Resources that use it: once one of them exists, a new secret would lock it out. */
  readonly usedBy: readonly ResourceName[];
  /** Other location of the secret: the key of the machines' container, or a path in their documents. */
  readonly writtenIn: "container-key" | { readonly documents: readonly string[]; readonly path: readonly string[] };
}

/** A bucket or a container. */
interface StoragePlace {
  /** Object storage region. */
  readonly region: string;
  readonly name: string;
}

/** A promise of the data-loss statement, with the place of its newest backup. */
export interface BackupSource extends BackupPromise {
  readonly place:
    | { readonly kind: "database"; readonly engine: "mysql" | "postgresql"; readonly cloudName: string }
    /** Written by machines, named by cloud name, after each complete copy. */
    | {
        readonly kind: "object";
        readonly bucket: StoragePlace;
        readonly key: string;
        readonly servers: readonly string[];
      }
    | { readonly kind: "instance"; readonly region: string; readonly workflow: string };
}

/** Settings that would hold an RPO, and data sets that cannot hold it. */
export interface RecoveryAdvice {
  readonly needs: readonly {
    readonly dataSet: string;
    readonly settings: readonly {
      readonly path: string;
      /** In the form of a settings file. */
      readonly value: string;
      /** Purpose, and further requirements. */
      readonly why: string;
    }[];
  }[];
  readonly impossible: readonly {
    readonly dataSet: string;
    /** Lowest worst-case loss with any accepted settings, in seconds; null: unlimited. */
    readonly bestSeconds: number | null;
    readonly why: string;
  }[];
}

/** Backups and what they promise. */
interface RecoveryCapability<P extends SystemPlan> {
  /** Setting that shortens the loss, by data set. */
  readonly lossRemedies: Readonly<Record<string, string>>;
  /** Every backup that the data-loss statement relies on. */
  backupSources(plan: P): readonly BackupSource[];
  /**
   * Settings that hold an RPO, for each data set that must but does not.
   * @param kept paths of settings that must stay as they are
   */
  advise(plan: P, rpoSeconds: number, kept: readonly string[]): RecoveryAdvice;
}

/** Two sizes of one system, switched member by member. */
export interface RollingCapability<S extends SharedSettings, P extends SystemPlan> {
  /** Target of a switch, and its minimum of healthy members. */
  goal(settings: ProfilePair<S>, target: Profile): SwitchGoal;
  /** A profile's fleet without any fault. */
  undisturbed(settings: ProfilePair<S>, profile: Profile): LiveFleet;
  /** Cloud names of a stack: the load balancer, its pool, and the prefix of its members' machines. */
  cloudNames(prefix: string): { readonly loadBalancer: string; readonly pool: string; readonly members: string };
  /** Member that a resource belongs to, by the resource's name: `ps-2` for `ps-2-data`. Undefined: none. */
  memberOf(resourceName: string): string | undefined;
  /** Size of a member whose machine does not exist. */
  defaultSize(settings: S): string;
  /** Size as the settings name it, from the cloud's flavor. */
  sizeOf(flavor: string): string;
  /** Flavor as the cloud names it, from a size of the settings. */
  flavorOf(settings: S, size: string): string;
  /** The same for a load balancer's bandwidth, Mbit/s; undefined: not sold. */
  loadBalancerFlavor(bandwidth: number): string | undefined;
  /** Cores and memory of a size; undefined: not sold. */
  capacityOf(size: string): { readonly cores: number; readonly memoryMegabytes: number } | undefined;
  /** Traffic that members of these sizes can serve. */
  servingCapacity(sizes: readonly string[]): ServingCapacity;
  /** All sizes that are sold. */
  readonly sizes: readonly string[];
  /** System disk of a size, GB; undefined: unknown. */
  systemDiskGigabytes(settings: S, size: string): number | undefined;
  /** Data volume of each member, GB. */
  volumeGigabytes(settings: S): number;
  /** Whether the load balancer's size changes in place. */
  resizesLoadBalancer(settings: S): boolean;
  /** Settings that make a switch reversible, for refusals. */
  readonly reversibility: {
    /** Setting that decides the system disk of the members. */
    readonly members: SettingAdvice;
    /** Setting that decides whether the load balancer can be resized. */
    readonly loadBalancer: SettingAdvice;
  };
  /** Stateful parts that a switch must not touch, with a description that would differ if it did: name -> description. */
  stateful(plan: P): Readonly<Record<string, string>>;
  /** Host name that customers visit. */
  domain(settings: S): string;
  /** Bucket that receives the backups of the scale-down hooks. */
  backupBucket(plan: P): StoragePlace;
  /** Environment of a scale-down hook: names and addresses, no secret. */
  hookVariables(plan: P, recorded: RecordedResources): Readonly<Record<string, string>>;
  /** Settings that must follow a change so that it can be built, such as addresses for more members: path -> value. */
  impliedSettings(pair: ProfilePair<Partial<S>>, issues: readonly Issue[]): readonly ImpliedSetting[];
}

/** A setting and the values that would be accepted. */
interface SettingAdvice {
  readonly path: string;
  readonly accepted: string;
}

export interface ImpliedSetting {
  readonly path: string;
  readonly value: unknown;
  /** Reason for display. */
  readonly why: string;
}

/** The certificate for HTTPS of the load balancer: where it comes from, and where it is. */
export interface ListenerCertificate<S = SharedSettings, P = SystemPlan> {
  /** Environment variable that names the PKCS#12 file. */
  readonly variable: string;
  /** Host names that browsers request. */
  domains(settings: S): readonly string[];
  /** Where the certificate comes from. */
  source(settings: S): CertificateSettings;
  /** DNS zone of the names; undefined: the settings name none. */
  zone(settings: S): string | undefined;
  /** Where an installed certificate is. */
  installed(plan: P): {
    /** Resources that a new certificate changes: the secret and the listener. */
    readonly resources: readonly ResourceName[];
    /** Cloud names of the two. */
    readonly secret: string;
    readonly listener: string;
  };
  /** Address at which clients reach the listener, from the stack's outputs; undefined: not known. */
  publicAddress(outputs: Readonly<Record<string, unknown>>): string | undefined;
  /** Machines that obtain and renew a certificate of their own; an address is undefined before it exists. */
  ofMachines(
    settings: S,
    outputs: Readonly<Record<string, unknown>>,
  ): readonly { readonly machine: string; readonly domain: string; readonly address: string | undefined }[];
}

/** A DNS record that leads to a system. */
export interface WantedRecord {
  /** Pulumi name of the managed resource. */
  readonly name: string;
  /** Full name. */
  readonly host: string;
  /** DNS zone at the cloud that contains it, and its name there; undefined: another zone. */
  readonly zone: string | undefined;
  readonly subDomain: string | undefined;
  /** Such as `A`. */
  readonly type: string;
  /** Undefined: not known before the system exists. */
  readonly value: string | undefined;
  /** Whether the program creates it. */
  readonly managed: boolean;
}

/** Recorded resources and outputs, for systems that read them. */
export interface RecordedResources {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly outputs: Readonly<Record<string, unknown>>;
  }[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A machine that administrators log in to. */
export interface ReachableMachine {
  /** Such as `ps-0`. */
  readonly name: string;
  readonly cloudName: string;
  /** Private address. */
  readonly address: string;
  /** User that administrators log in as. */
  readonly user: string;
  /** Its application. Absent: it has none. */
  readonly application?: {
    /** Such as `shop`; the machines of one application share its data. */
    readonly name: string;
    /** User that it runs as. */
    readonly user: string;
    /** Folder of the release that serves. */
    readonly folder: string;
  };
}

/** How administrators reach the machines of a stack. */
export interface MachineRoutes {
  readonly bastion: ReachableMachine;
  /** User that administrators log in to the bastion itself as; undefined: it only forwards. */
  readonly bastionShell: string | undefined;
  /** Public address of the bastion, from the stack's outputs; undefined before it exists. */
  bastionAddress(outputs: Readonly<Record<string, unknown>>): string | undefined;
  /** Every machine of any profile, besides the bastion. */
  readonly machines: readonly ReachableMachine[];
  readonly administrators: readonly { readonly name: string; readonly key: string }[];
  /** Address of an application's first administrator. */
  readonly administratorEmail: string;
}

/** Logging in to machines: `ssh`, `run`, `copy`, `logs`, `app`. */
interface AccessCapability<P extends SystemPlan> {
  /** Undefined: the settings give nobody access. */
  routes(plan: P): MachineRoutes | undefined;
  /** Whether the machines send their journals to the container of the configuration. */
  storesLogs(plan: P): boolean;
  /** Whether a machine is one of those that a switch changes; `run --all-fronts` runs on these. */
  isMember(name: string): boolean;
}

/**
 * Capabilities of a system besides its resources. Commands of an absent capability are not in its help and are refused.
 * A reserved one has a name and a purpose, and gets its type together with the first command that uses it: until then the compiler
 * refuses a system that declares it.
 */
interface Capabilities<S extends SharedSettings, P extends SystemPlan> {
  /** Two sizes and the switch between them: `rush`, `normal`, `season`, `calendar`, `demo`. */
  readonly rolling?: RollingCapability<S, P>;
  /** Backups, what they promise, and where their age can be seen. */
  readonly recovery?: RecoveryCapability<P>;
  /** Logging in to the machines. */
  readonly access?: AccessCapability<P>;
  /** Reserved: start and stop what runs on the machines, and read its logs. */
  readonly services?: never;
  /** Reserved: deploy a release of an application, and go back to the one before. */
  readonly releases?: never;
  /** Reserved: several sites, with failover to another one and failback. */
  readonly sites?: never;
  /** Reserved: many alike machines that an operation reaches in waves. */
  readonly fleet?: never;
}

/**
 * One company's infrastructure as the commands see it. One folder under `src/systems/` exports one as `system`.
 * Data flows one way: settings -> Plan -> {components, price, data loss, forecast}.
 */
export interface SystemDefinition<S extends SharedSettings = SharedSettings, P extends SystemPlan = SystemPlan> {
  /** Value of the setting `system`, and the name of the folder. */
  readonly id: string;
  /** Name for messages and for a new project's description. */
  readonly title: string;
  /** Id of the cloud that it runs on. */
  readonly cloud: string;
  /** Id of the default price book. */
  readonly priceBook: string;
  /** Schema of the settings of one profile; each top-level key is a section. */
  readonly schema: ZodObject;
  /** Paths of the settings that a profile file may hold; every other setting is shared. */
  readonly profileSettings: readonly string[];
  /** Certificate for HTTPS of the load balancer. Absent: the system has none. */
  readonly certificate?: ListenerCertificate<S, P>;
  /** Relay of outgoing mail. Absent: the system sends none. */
  readonly mail?: MailRelay<S>;
  /** DNS records that lead to the system. Absent: the system has none. */
  dns?(plan: P, recorded: Pick<RecordedResources, "outputs">): readonly WantedRecord[];
  /** Turns an unknown key into a more precise refusal where it would be dangerous. Default: the issue as it is. */
  explainUnknownKey?(issue: Issue): Issue;
  /**
   * Judges a pair of profiles, each of which may lack invalid sections.
   * @param complete the same pair when nothing is missing
   * @param today `YYYY-MM-DD` in UTC; decides which waivers have expired and which prices are old
   */
  judge(pair: ProfilePair<Partial<S>>, complete: ProfilePair<S> | undefined, today: string): Refusals;
  /** Settings that another stack of the project cannot share, such as a network or a domain. Default: none. Both may lack invalid sections. */
  collisions?(settings: Partial<S>, others: Partial<S>): readonly StackCollision[];
  /** Region of the machines. */
  region(settings: S): string;
  /** Fleet of a profile; empty for a system without `rolling`. */
  fleetOf(settings: S): Fleet;
  /** Decides everything that is built. Pure. */
  plan(args: PlanArgs<S>): P;
  /** Every resource that `build` creates from the same Plan, in the order of the components. */
  items(plan: P): readonly PlanItem[];
  /**
   * Worst-case loss of every data set in every disruption.
   * @param out members that are restarting
   */
  dataLoss(plan: P, out?: readonly string[]): readonly DataLoss[];
  /** Creates the resources of a Plan and returns the stack's outputs. Called inside a Pulumi program; loads the SDKs. */
  build(plan: P, options: BuildOptions): Promise<Record<string, unknown>>;
  /** Settings files of a new project. */
  template(args: ProjectTemplateArgs): readonly TemplateFile[];
  /** Setting of a resource's property, such as `mysql.plan`; undefined when there is none. */
  settingOf(resource: ResourceName, path: string): string | undefined;
  /** All secrets of a stack that an import cannot read from a resource. */
  keptSecrets(plan: P): readonly KeptSecret[];
  /** Container from which the machines fetch their configuration; undefined: the system has none. */
  configuration(plan: P): StoragePlace | undefined;
  readonly capabilities: Capabilities<S, P>;
}
