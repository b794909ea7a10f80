/**
 * `npm run test:ovh-provider [-- --source DIR] [--only REGEXP] [--record]`: the acceptance tests of terraform-provider-ovh against local clouds.
 * DIR is a clone of its repository; without one there is nothing to run. With --record the calls of the tests that `npm test` replays are
 * written down.
 */
import { mkdtempSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildOpenTofu } from "../openstack/peers/install-opentofu.ts";
import { type AcceptanceTest, acceptanceTests } from "./acceptance-list.ts";
import { buildSchemaPrinter, buildTests, openSource } from "./build-tests.ts";
import { differentTypes } from "./check-schema.ts";
import { recorded, recordTest } from "./record.ts";
import { nameOf, runTest, type Verdict } from "./run-test.ts";
import { openTestCloud } from "./test-cloud.ts";

/** A test waits most of its time: for the provider, which looks at a change every 10 or 30 seconds. */
const testsAtOnce = 5 * availableParallelism();

const { values: options } = parseArgs({
  options: {
    source: { type: "string" },
    only: { type: "string", default: "" },
    record: { type: "boolean", default: false },
  },
});

const tell = (text: string) => console.error(text);

if (options.source === undefined) {
  tell("skipped: no source of terraform-provider-ovh; give a clone of it, at v2.19.0, as --source DIR");
} else {
  process.exitCode = await runAll(resolve(options.source));
}

async function runAll(folder: string): Promise<number> {
  const source = await openSource(folder);
  const building = { source, env: process.env, tell };
  const different = await differentTypes(await buildSchemaPrinter(building));
  const program = await buildTests(building);
  const tofu = await buildOpenTofu({ env: process.env, onProgress: tell });
  const logs = mkdtempSync(join(tmpdir(), "lor-infra-ovh-provider-logs-"));
  const stopped = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stopped.abort());
  const only = new RegExp(options.only);
  const wanted = acceptanceTests.filter(
    (test) => only.test(nameOf(test)) && (!options.record || recorded.has(nameOf(test))),
  );
  tell(`terraform-provider-ovh ${source.revision}: ${wanted.length} tests, ${testsAtOnce} at once`);
  const verdicts = new Map<AcceptanceTest, Verdict>();
  const waiting = [...wanted];
  const work = async () => {
    for (let test = waiting.shift(); test !== undefined && !stopped.signal.aborted; test = waiting.shift()) {
      await using cloud = await openTestCloud(test);
      const args = { test, program, source: folder, tofu, logs, cloud, signal: stopped.signal };
      const verdict = options.record ? await recordTest(args) : await runTest(args);
      verdicts.set(test, verdict);
      tell(line(test, verdict));
    }
  };
  await Promise.all(Array.from({ length: testsAtOnce }, work));
  const failed = summary(wanted, verdicts, logs);
  if (different.length === 0) console.log("the provider's schema is the one that the catalogue is made from");
  else
    console.log(
      `the provider's schema is another one than src/local-cloud/catalogue/ovh-schema.json: ${different.join(", ")}`,
    );
  return failed === 0 && different.length === 0 ? 0 : 1;
}

function summary(
  wanted: readonly AcceptanceTest[],
  verdicts: ReadonlyMap<AcceptanceTest, Verdict>,
  logs: string,
): number {
  const count = (word: Verdict["word"]) => wanted.filter((test) => verdicts.get(test)?.word === word).length;
  const notRun = wanted.length - verdicts.size;
  console.log("");
  for (const test of wanted) {
    const verdict = verdicts.get(test);
    if (verdict !== undefined) console.log(line(test, verdict));
  }
  const last = notRun === 0 ? "" : `, ${notRun} not run`;
  console.log(
    `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped${last}; output in ${logs}`,
  );
  return count("failed") + notRun === 0 && count("passed") > 0 ? 0 : 1;
}

function line(test: AcceptanceTest, verdict: Verdict): string {
  const reason = verdict.word === "passed" ? "" : `  ${verdict.reason}`;
  return `${verdict.word.padEnd(8)}${String(verdict.seconds).padStart(4)} s  ${nameOf(test)}${reason}`;
}
