import { expect, it } from "vitest";
import { type BackupFacts, backupChecks } from "../../../src/rolling/preflight/backups.ts";

const now = new Date("2026-12-04T12:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const promise = (dataSet: string, mustHold = true) => ({ dataSet, mustHold, oldestSeconds: 2400, next: "look at it" });
const answer = (...backups: BackupFacts["backups"]) => backupChecks({ now, backups });
const of = (dataSet: string, newest: Date | undefined, since = ago(10_000), mustHold = true) => ({
  promise: promise(dataSet, mustHold),
  seen: { known: { since, newest } },
});

it("the age of each is told, by the cloud's own time", () => {
  expect(answer(of("shop-images", ago(40)), of("erp-filestore", ago(0.5)), of("erp-database", ago(-5)))).toEqual([
    {
      name: "backups",
      outcome: "ok",
      reason: "shop-images 40 min ago, erp-filestore less than a minute ago, erp-database less than a minute ago",
    },
  ]);
});

it.each([
  [
    "that is older than promised",
    of("erp-filestore", ago(41)),
    "the newest backup of erp-filestore is 41 min old, promised: at most 40 min",
  ],
  [
    "that was never made, though it was due",
    of("erp-filestore", undefined, ago(41)),
    "there is no backup of erp-filestore, though one was due within 41 min",
  ],
])("one %s is refused", (_, backup, reason) => {
  expect(answer(of("shop-images", ago(3)), backup).slice(1)).toEqual([
    expect.objectContaining({
      outcome: "refused",
      code: "backup-stale",
      reason: expect.stringContaining(reason),
      accepted: "at most 40 min",
      next: "look at it",
    }),
  ]);
});

it("a young stack, whose first backup is not due, is warned", () => {
  expect(answer(of("erp-filestore", undefined, ago(40)), of("shop-images", undefined, ago(1)))).toEqual([
    expect.objectContaining({
      outcome: "warning",
      code: "backup-not-due",
      reason: expect.stringContaining("no backup yet of erp-filestore, shop-images"),
    }),
  ]);
});

it("an old copy of what is made again from settings refuses nothing", () => {
  expect(answer(of("system disk of ps-0", ago(50), undefined, false))).toEqual([
    expect.objectContaining({ outcome: "warning", code: "system-copy-stale" }),
  ]);
});

it("what may not be asked is not known", () => {
  const why = "this user may not ask";
  expect(
    answer({ promise: promise("shop-database"), seen: { why } }, { promise: promise("erp-database"), seen: { why } }),
  ).toEqual([
    expect.objectContaining({
      outcome: "unknown",
      code: "backups-not-known",
      reason: `how old the newest backup of shop-database, erp-database is, is not known: ${why}`,
    }),
  ]);
});
