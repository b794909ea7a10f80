import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AcceptanceTest } from "./acceptance-list.ts";
import { names, type TestCloud } from "./test-cloud.ts";

export interface RunTestArgs {
  readonly test: AcceptanceTest;
  /** Program of the provider's tests, and the source that its fixtures are read from. */
  readonly program: string;
  readonly source: string;
  readonly tofu: string;
  /** Where the output of the tests is kept. */
  readonly logs: string;
  readonly cloud: TestCloud;
  /** Address of the API, when it is not the cloud's own. */
  readonly endpoint?: string;
  readonly signal: AbortSignal;
}

export type Verdict =
  | { readonly word: "passed"; readonly seconds: number }
  | { readonly word: "failed" | "skipped"; readonly reason: string; readonly seconds: number };

const longestSeconds = 900;

/** Carries out one acceptance test against one local cloud. */
export async function runTest(args: RunTestArgs): Promise<Verdict> {
  const began = performance.now();
  const { code, output } = await carryOut(args);
  writeFileSync(join(args.logs, `${nameOf(args.test)}.log`), output);
  const seconds = Math.round((performance.now() - began) / 1000);
  const { refused } = args.test;
  if (refused !== undefined && output.includes(refused)) {
    return { word: "skipped", reason: `the provider itself refuses it: ${refused}`, seconds };
  }
  if (/^\s*--- SKIP/m.test(output)) return { word: "skipped", reason: reasonIn(output), seconds };
  if (code === 0 && /^\s*--- PASS/m.test(output)) return { word: "passed", seconds };
  return {
    word: "failed",
    reason: code === undefined ? `not ended after ${longestSeconds} s` : reasonIn(output),
    seconds,
  };
}

export function nameOf({ name, engine }: AcceptanceTest): string {
  return engine === undefined ? name : `${name} ${engine}`;
}

function carryOut(args: RunTestArgs): Promise<{ readonly code: number | undefined; readonly output: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ code: number | undefined; output: string }>();
  const limit = AbortSignal.any([args.signal, AbortSignal.timeout(longestSeconds * 1000)]);
  const child = spawn(args.program, ["-test.v", "-test.run", `^${args.test.name}$`], {
    cwd: join(args.source, "ovh"),
    env: environment(args),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = () => child.kill("SIGTERM");
  limit.addEventListener("abort", stop, { once: true });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  child.once("error", reject);
  child.once("close", (code) => {
    limit.removeEventListener("abort", stop);
    resolve({ code: limit.aborted ? undefined : (code ?? 1), output });
  });
  return promise;
}

/** What the tests read. No variable of the caller's own clouds reaches them. */
function environment({ test, tofu, logs, cloud, endpoint }: RunTestArgs): NodeJS.ProcessEnv {
  const configuration = join(logs, "tofurc");
  mkdirSync(logs, { recursive: true });
  writeFileSync(configuration, "");
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    TMPDIR,
    // OpenTofu wants the file to be there.
    TF_CLI_CONFIG_FILE: configuration,
    TF_ACC: "1",
    TF_ACC_TERRAFORM_PATH: tofu,
    TF_ACC_PROVIDER_NAMESPACE: "hashicorp",
    TF_ACC_PROVIDER_HOST: "registry.opentofu.org",
    OVH_ENDPOINT: endpoint ?? cloud.endpoint,
    OVH_ACCESS_TOKEN: cloud.token,
    OVH_CLOUD_PROJECT_SERVICE_TEST: cloud.cloud.keystone.projectId,
    OVH_VRACK_SERVICE_TEST: names.vrack,
    OVH_ZONE_TEST: names.zone,
    OVH_CLOUD_PROJECT_REGION_TEST: names.region,
    OVH_CLOUD_PROJECT_LOADBALANCER_TEST: cloud.prepared.balancerId,
    OVH_CLOUD_PROJECT_WORKFLOW_BACKUP_REGION_TEST: names.region,
    OVH_CLOUD_PROJECT_WORKFLOW_BACKUP_INSTANCE_ID_TEST: cloud.prepared.instanceId,
    OVH_CLOUD_PROJECT_DATABASE_REGION_TEST: "GRA",
    OVH_CLOUD_PROJECT_DATABASE_FLAVOR_TEST: "db1-4",
    OVH_CLOUD_PROJECT_DATABASE_IP_RESTRICTION_IP_TEST: "178.97.6.0/24",
    OVH_CLOUD_PROJECT_DATABASE_ENGINE_TEST: test.engine ?? "postgresql",
    OVH_CLOUD_PROJECT_DATABASE_VERSION_TEST: test.engine === "mysql" ? "8" : "15",
  };
}

/** The first line that says why. */
function reasonIn(output: string): string {
  const telling = /error: |Error: |Skipping|panic:|status code|no tests to run|FAIL/;
  return (
    output
      .split("\n")
      .find((line) => telling.test(line) && !line.includes("[DEBUG]"))
      ?.trim() ?? "says nothing"
  );
}
