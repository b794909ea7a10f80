import { expect, test } from "vitest";
import { decideCloud as decide } from "../../src/clouds/cloud-guard.ts";
import { cloud } from "../../src/clouds/ovh/index.ts";

const decideCloud = (environment: Readonly<Record<string, string | undefined>>) => decide(environment, cloud);

const attached = "ovh:41001,openstack:41002,random:41003";
const localBackend = "file:///home/ada/shop/.lor-infra/local/backend";

test("without attached providers a run reaches OVHcloud, whatever its backend", () => {
  for (const PULUMI_BACKEND_URL of [undefined, "file:///home/ada/shop/.lor-infra/ovh/backend", "s3://state"]) {
    expect(decideCloud({ PULUMI_BACKEND_URL })).toEqual({ ok: true, value: "ovh" });
  }
});

test("attached providers with the local cloud's own state are the local cloud", () => {
  const environment = { PULUMI_DEBUG_PROVIDERS: attached, PULUMI_BACKEND_URL: localBackend };
  expect(decideCloud(environment)).toEqual({ ok: true, value: "local" });
});

test.each([
  [
    "a real state while the providers are the local cloud's",
    { PULUMI_DEBUG_PROVIDERS: attached },
    "real-state-on-local-cloud",
  ],
  [
    "OVHcloud's own state while the providers are the local cloud's",
    { PULUMI_DEBUG_PROVIDERS: attached, PULUMI_BACKEND_URL: "file:///home/ada/shop/.lor-infra/ovh/backend" },
    "real-state-on-local-cloud",
  ],
  [
    "the local cloud's state without its providers",
    { PULUMI_BACKEND_URL: localBackend },
    "local-state-without-local-cloud",
  ],
  [
    "some providers real and some not",
    { PULUMI_DEBUG_PROVIDERS: "ovh:41001,random:41003", PULUMI_BACKEND_URL: localBackend },
    "local-cloud-incomplete",
  ],
] as const)("refused: %s", (_, environment, code) => {
  const decided = decideCloud(environment);
  expect(decided.ok).toBe(false);
  if (!decided.ok) expect(decided.issues).toEqual([expect.objectContaining({ code, exit: 3 })]);
});
