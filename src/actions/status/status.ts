import type { DatabaseSummary } from "../../clouds/contract.ts";
import { LorError } from "../../core/errors.ts";
import { daysUntil } from "../../domain/certificates.ts";
import type { Profile } from "../../domain/profile.ts";
import { fleetOfLive } from "../../rolling/step-fleet.ts";
import { type ObservedFleet, observeFleet } from "../../stack/observe-fleet.ts";
import { type RecordedState, readRecorded } from "../../stack/recorded-state.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import type { CloudKind } from "../../state/stack-folder.ts";
import { describeLock, readLock } from "../../state/stack-lock.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { cloudOf, planFleet } from "../../systems/project-plan.ts";

interface FrontStatus {
  readonly name: string;
  readonly size: string;
  readonly server: string;
  /** Private address. */
  readonly address: string | undefined;
  readonly pool: "serving" | "drained" | "absent";
  readonly healthy: boolean;
  /** The cloud's reason for ERROR. */
  readonly fault: string | undefined;
}

/** Certificate that the next `up` installs. */
interface CertificateStatus {
  readonly file: string;
  /** Last valid moment, ISO 8601. */
  readonly notAfter: string;
  /** Whole days until then; negative afterwards. */
  readonly daysLeft: number;
}

export interface StatusResult {
  readonly cloud: CloudKind;
  readonly stack: string;
  /** Whether any resource exists. */
  readonly exists: boolean;
  /** Undefined for a new stack and between two profiles. */
  readonly profile: Profile | undefined;
  readonly fronts: readonly FrontStatus[];
  readonly loadBalancer: { readonly bandwidth: number | undefined; readonly ready: boolean };
  readonly databases: readonly DatabaseSummary[];
  /** Text: why it cannot be read. Undefined: the local cloud generated its own. */
  readonly certificate: CertificateStatus | string | undefined;
  /** Public and private addresses, from the stack's outputs. */
  readonly addresses: unknown;
  /** Plan to price; undefined for a new stack. */
  readonly plan: SystemPlan | undefined;
  /** An operation that did not succeed; the same command resumes it. */
  readonly unfinished: string | undefined;
  /** Description of the lock's holder. */
  readonly lockedBy: string | undefined;
}

/** Current state of a stack, read from the cloud; needs neither lock nor engine. */
export async function status(context: StackContext): Promise<StatusResult> {
  const recorded = await readRecorded(context);
  const bandwidth = recorded.fleet?.loadBalancerBandwidth;
  const exists = recorded.resources.length > 0;
  const live = exists
    ? await observeFleet(context, { loadBalancerBandwidth: bandwidth ?? 0, fronts: recorded.fronts })
    : undefined;
  const lock = await readLock(context.state.files);
  return {
    cloud: context.cloud,
    stack: context.project.stack,
    exists,
    profile: recorded.profile,
    fronts: (live?.fronts ?? []).map((front) => ({
      name: front.name,
      size: front.size,
      server: front.server,
      address: front.serverView?.address ?? front.member?.address,
      pool: front.pool,
      healthy: front.healthy,
      fault: front.serverView?.fault,
    })),
    loadBalancer: { bandwidth, ready: live?.loadBalancerReady ?? false },
    databases: cloudOf(context.project).databasesIn(recorded.resources),
    certificate: await certificateOf(context),
    addresses: recorded.outputs.addresses,
    plan: runningPlan(context, recorded, live),
    unfinished: lock !== undefined && !lock.dead ? undefined : await context.state.journal.unfinished(),
    lockedBy: lock === undefined || lock.dead ? undefined : describeLock(lock),
  };
}

/** The existing fleet is priced, because an interrupted switch has recorded its target. */
function runningPlan(
  context: StackContext,
  { fleet, profile }: RecordedState,
  live: ObservedFleet | undefined,
): SystemPlan | undefined {
  if (fleet === undefined) return undefined;
  return planFleet(
    context.project,
    live === undefined || live.fronts.length === 0 ? fleet : fleetOfLive(live),
    profile,
  );
}

async function certificateOf({ certificate, clock }: StackContext): Promise<StatusResult["certificate"]> {
  if (certificate === undefined) return undefined;
  try {
    const { file, notAfter } = await certificate();
    return { file, notAfter: notAfter.toISOString(), daysLeft: daysUntil(notAfter, clock.now()) };
  } catch (error) {
    if (error instanceof LorError) return `${error.message} [${error.code}]`;
    throw error;
  }
}
