import fc from "fast-check";
import { expect, test } from "vitest";
import { priceProfiles } from "../../../src/actions/cost/price-profiles.ts";
import { priceBooks } from "../../../src/clouds/ovh/price-books.ts";
import { changeSettings } from "../../../src/config/changed-settings.ts";
import { Duration } from "../../../src/core/duration.ts";
import { holds } from "../../../src/domain/recovery.ts";
import { judgeProject, readProjectFiles } from "../../../src/systems/load-project.ts";
import { assessDataLoss, type RecoveryFacts, recoveryFacts } from "../../../src/systems/lor/recovery.ts";
import { adviseRecovery } from "../../../src/systems/lor/recovery-options.ts";
import { lorProject, planOf } from "./lor-project.ts";

const facts = recoveryFacts(planOf("normal"));
const lines = (rpoSeconds: number, given: RecoveryFacts = facts, kept: readonly string[] = []) => {
  const { needs, impossible } = adviseRecovery(given, rpoSeconds, kept);
  return [
    ...needs.map(
      ({ dataSet, settings }) => `${dataSet}: ${settings.map(({ path, value }) => `${path} ${value}`).join(", ")}`,
    ),
    ...impossible.map(({ dataSet, bestSeconds }) => `${dataSet}: at best ${bestSeconds}`),
  ];
};

test.each([
  [3600, []],
  [2400, []],
  [1800, ["shop-images: storage.copy.copyEvery PT20M", "erp-filestore: odoo.filestore.copyEvery PT20M"]],
  [
    900,
    [
      "shop-images: storage.copy.copyEvery PT10M, storage.copy.copyTimeout PT5M",
      "erp-filestore: odoo.filestore.copyEvery PT10M, odoo.filestore.copyTimeout PT5M",
    ],
  ],
])("an RPO of %i s needs of the committed settings: %j", (rpo, needed) => {
  expect(lines(rpo)).toEqual(needed);
});

test("below what the continuous backup lags no plan helps, and below what a timer can do no copy", () => {
  expect(lines(240)).toEqual([
    "shop-images: storage.copy.copyEvery PT2M, storage.copy.copyTimeout PT2M",
    "erp-filestore: odoo.filestore.copyEvery PT2M, odoo.filestore.copyTimeout PT2M",
    "shop-database: at best 300",
    "erp-database: at best 300",
  ]);
  const { needs, impossible } = adviseRecovery(facts, 60);
  expect(needs).toEqual([]);
  expect(impossible.map(({ dataSet, bestSeconds }) => [dataSet, bestSeconds])).toEqual([
    ["shop-database", 300],
    ["shop-images", 120],
    ["erp-database", 300],
    ["erp-filestore", 120],
  ]);
  expect(impossible[0]?.why).toContain("on every plan");
});

test("a setting that was asked for stays as it is", () => {
  const kept = ["odoo.filestore.copyTimeout"];
  expect(lines(1200, facts, kept)).toContain("erp-filestore: odoo.filestore.copyEvery PT10M");
  const { impossible } = adviseRecovery(facts, 900, kept);
  expect(impossible.map(({ dataSet }) => dataSet)).toEqual(["erp-filestore"]);
  expect(impossible[0]?.why).toContain("not with odoo.filestore.copyTimeout as asked for");
});

const minutes = fc.integer({ min: 1, max: 180 }).map((count) => count * 60);
const copies = fc.tuple(minutes, minutes).map(([one, other]) => ({
  copyEverySeconds: Math.max(one, other),
  copyTimeoutSeconds: Math.min(one, other),
}));

test("what it says holds: with its settings a data set holds the RPO, and nothing is asked of one that does already", () => {
  fc.assert(
    fc.property(copies, copies, fc.integer({ min: 30, max: 12_000 }), (filestore, imagesCopy, rpo) => {
      const given = { ...facts, filestore, imagesCopy };
      const { needs, impossible } = adviseRecovery(given, rpo);
      const copied = (dataSet: string, now: typeof filestore) => {
        const settings = needs.find((need) => need.dataSet === dataSet)?.settings ?? [];
        const seconds = (name: string) => {
          const value = settings.find(({ path }) => path.endsWith(name))?.value;
          return value === undefined ? undefined : Duration.parse(value).inSeconds();
        };
        return {
          copyEverySeconds: seconds("copyEvery") ?? now.copyEverySeconds,
          copyTimeoutSeconds: seconds("copyTimeout") ?? now.copyTimeoutSeconds,
        };
      };
      const after = {
        ...given,
        filestore: copied("erp-filestore", filestore),
        imagesCopy: copied("shop-images", imagesCopy),
      };
      expect(after.filestore.copyTimeoutSeconds).toBeLessThanOrEqual(after.filestore.copyEverySeconds);
      const broken = (some: RecoveryFacts) =>
        new Set(
          assessDataLoss(some)
            .filter((loss) => !holds(loss, rpo))
            .map(({ dataSet }) => dataSet),
        );
      expect(broken(after)).toEqual(new Set(impossible.map(({ dataSet }) => dataSet)));
      for (const { dataSet } of [...needs, ...impossible]) expect(broken(given)).toContain(dataSet);
    }),
    { numRuns: 60 },
  );
});

test("how often is copied changes no price in any book, so the least demanding settings are the cheapest", () => {
  const { dir, stack } = lorProject();
  const raw = readProjectFiles(dir, stack);
  if (!raw.ok) throw new Error("no settings");
  const priceWith = (every: string, timeout: string) =>
    priceBooks.map((book) => {
      const changed = changeSettings(raw.value, [
        { place: "shared", path: "odoo.filestore", value: { copyEvery: every, copyTimeout: timeout } },
        { place: "shared", path: "storage.copy", value: { copyEvery: every, copyTimeout: timeout } },
      ]);
      const { project } = judgeProject(dir, stack, changed, new Date("2026-06-01"));
      if (project === undefined) throw new Error("not built");
      const { normal, rush } = priceProfiles(project, book);
      return [normal.known?.amount, rush.known?.amount];
    });
  expect(priceWith("PT1M", "PT1M")).toEqual(priceWith("PT45M", "PT10M"));
});
