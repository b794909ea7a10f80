import { type DataLoss, holds, renderSeconds } from "../recovery.ts";
import { definePolicy, type Policy, type Violation } from "./policy.ts";

/** Location, protection and worst-case loss of the company's data. */
export const dataPolicies: readonly Policy[] = Object.freeze([
  definePolicy({
    code: "rpo-not-held",
    exit: 3,
    reason: "what is lost beyond the RPO are orders and stock movements that nobody can enter again",
    remedy:
      "shorten the interval in the setting that the refusal names, or raise `rpo` if the company accepts a larger loss; `lor-infra rpo` shows every sum",
    needs: ["recovery"],
    judge: ({ recovery: { rpoSeconds, losses, settings } }) => {
      const broken = losses.filter((loss) => !holds(loss, rpoSeconds));
      return groupByDataSet(broken).map(([dataSet, group]) =>
        refuseLoss(dataSet, group, settings[dataSet] ?? "rpo", rpoSeconds),
      );
    },
  }),
  definePolicy({
    code: "offsite-same-region",
    exit: 2,
    reason: "a copy in the region of the data burns with it, as at Strasbourg in 2021",
    remedy: "set `region.offsite` to another region than `region.storage`, `region.database` and the machines'",
    neverWaived: "the data-loss statement says that every data set outlives its region, and it would be false",
    needs: ["places"],
    judge: ({ places }) => {
      const stranded = places.filter(
        ({ outlivesRegion, region, copyRegions }) => outlivesRegion && copyRegions.every((copy) => copy === region),
      );
      return Object.entries(Object.groupBy(stranded, ({ setting }) => setting)).map(([setting, group = []]) => ({
        path: setting,
        subject: group.map(({ dataSet }) => dataSet).join(", "),
        what: `the off-site copies of ${group.map(({ dataSet }) => dataSet).join(", ")} would be lost with what they are copies of`,
        seen: group[0]?.copyRegions.at(-1) ?? "no copy",
        accepted: `another region than ${distinct(places.map(({ region }) => region)).join(", ")}`,
      }));
    },
  }),
  definePolicy({
    code: "data-unprotected",
    exit: 3,
    reason: "a mistaken update or destroy must not delete data",
    remedy:
      "leave the protection of what holds data in place (Pulumi's option protect, and deletionProtection of a database); `lor-infra destroy --with-data` lists what would be lost and gives it up",
    neverWaived: "giving the protection up is a step of `lor-infra destroy --with-data`, which asks first",
    needs: ["holders"],
    judge: ({ holders }) =>
      holders
        .filter((holder) => !holder.protected)
        .map(({ dataSet, resource, setting }) => ({
          path: setting,
          subject: dataSet,
          what: `${resource} holds ${dataSet} and is not protected`,
          seen: "no protection",
          accepted: "protect on every resource that holds data",
        })),
  }),
]);

function refuseLoss(dataSet: string, losses: readonly DataLoss[], path: string, rpoSeconds: number): Violation {
  const when = losses.map((loss) => loss.disruption).join(", ");
  const [worst] = losses;
  return {
    path,
    subject: dataSet,
    what: `${dataSet} would lose more than the RPO allows (${when}): ${worst?.statement ?? ""}`,
    seen: worst?.worstCaseSeconds == null ? "unlimited" : renderSeconds(worst.worstCaseSeconds),
    accepted: `at most ${renderSeconds(rpoSeconds)} (setting rpo)`,
  };
}

function groupByDataSet(losses: readonly DataLoss[]): readonly (readonly [string, readonly DataLoss[]])[] {
  return Object.entries(Object.groupBy(losses, (loss) => loss.dataSet)).map(([dataSet, group]) => [
    dataSet,
    group ?? [],
  ]);
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
