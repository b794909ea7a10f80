import { judgePolicies } from "../../domain/policy/judge.ts";
import { findPolicy } from "../../domain/policy/policies.ts";
import type { Waiver } from "../../domain/policy/waiver.ts";
import { type DataLoss, renderSeconds } from "../../domain/recovery.ts";
import type { PreflightCheck } from "./preflight-check.ts";

export interface DataLossFacts {
  readonly rpoSeconds: number;
  /** The target first, then the state of each step while it is carried out. */
  readonly moments: readonly LossMoment[];
  readonly waivers: readonly Waiver[];
  /** `YYYY-MM-DD` in UTC. */
  readonly today: string;
  /** Setting that shortens the loss of a data set, where there is one. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface LossMoment {
  /** Such as `in rush` or `while ps-0 is resized`. */
  readonly when: string;
  readonly losses: readonly DataLoss[];
}

const checkName = "data loss";
const rpoPolicy = "rpo-not-held";

/** Whether the RPO holds in the target and at each moment of the way, by the policy that judges the settings, waivers included. */
export function dataLossChecks({
  rpoSeconds,
  moments,
  waivers,
  today,
  settings,
}: DataLossFacts): readonly PreflightCheck[] {
  const policy = findPolicy(rpoPolicy);
  const among = policy === undefined ? [] : [policy];
  const judged = moments.map(({ when, losses }) => ({
    when,
    ...judgePolicies({ facts: { recovery: { rpoSeconds, losses, settings } }, waivers, today, among }),
  }));
  const [refused] = judged.flatMap(({ when, refused: found }) => found.map(({ finding }) => ({ when, finding })));
  if (refused !== undefined) {
    return [
      {
        name: checkName,
        outcome: "refused",
        code: "rpo-not-held",
        reason: `${refused.when}: ${refused.finding.what}`,
        path: refused.finding.path,
        seen: String(refused.finding.seen),
        accepted: refused.finding.accepted,
        next: "lor-infra rpo",
      },
    ];
  }
  const worst = worstOf(moments);
  const reason = `at most ${renderSeconds(worst.seconds)} (${worst.dataSet}) in the target${moments.length > 1 ? " and during each step" : ""}; the company accepts ${renderSeconds(rpoSeconds)}`;
  const [waived] = judged.flatMap((moment) => moment.waived);
  if (waived === undefined) return [{ name: checkName, outcome: "ok", reason }];
  const { owner, until } = waived.waiver;
  return [
    {
      name: checkName,
      outcome: "warning",
      code: "rpo-not-held",
      reason: `${waived.finding.what}; waived by ${owner} until ${until}`,
      next: "lor-infra rpo",
    },
  ];
}

function worstOf(moments: readonly LossMoment[]): { readonly seconds: number; readonly dataSet: string } {
  return moments
    .flatMap(({ losses }) => losses)
    .filter((loss) => loss.mustHold)
    .map(({ worstCaseSeconds, dataSet }) => ({ seconds: worstCaseSeconds ?? 0, dataSet }))
    .reduce((worst, one) => (one.seconds > worst.seconds ? one : worst), { seconds: 0, dataSet: "nothing" });
}
