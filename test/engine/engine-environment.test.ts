import { expect, test } from "vitest";
import { completeAdopted } from "../../src/engine/adopted-inputs.ts";
import { engineEnvironment } from "../../src/engine/engine-environment.ts";
import { secretMark, specialKey } from "../../src/engine/special-values.ts";

const args = {
  backendUrl: "file:///state",
  providerVariables: ["OS_", "OVH_"],
  passphrase: "one",
  providers: undefined,
  pulumiHome: undefined,
};

test("nothing in the shell decides which cloud, stack or secret the engine works on, or how it keeps the state", () => {
  const kept = {
    PATH: "/bin",
    HOME: "/home/ada",
    OS_AUTH_URL: "https://auth.example",
    OVH_ENDPOINT: "ovh-eu",
    AWS_PROFILE: "state",
    LC_ALL: "C.UTF-8",
    LOR_INFRA_RUN: "run",
    PULUMI_HOME: "/home/ada/.pulumi",
  };
  const environment = engineEnvironment({
    ...args,
    env: { ...kept, ...pulumiVariables(), OTHER_TOKEN: "secret", CI: "true", TF_LOG: "TRACE" },
  });

  expect(environment).toEqual({
    ...kept,
    PULUMI_BACKEND_URL: "file:///state",
    PULUMI_CONFIG_PASSPHRASE: "one",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API: "true",
  });
});

/** A sample of each kind that engine 3.259.0 reads. Source: its sdk/go/common/env/env.go; secrets/passphrase/manager.go; cmd/pulumi. */
function pulumiVariables(): Record<string, string> {
  const names = [
    ...["GZIP", "ZSTD", "LEGACY_LAYOUT", "RETAIN_CHECKPOINTS", "DISABLE_CHECKPOINT_BACKUPS", "PARALLEL"].flatMap(
      (name) => [`PULUMI_DIY_BACKEND_${name}`, `PULUMI_SELF_MANAGED_STATE_${name}`],
    ),
    "PULUMI_RETAIN_CHECKPOINTS",
    "PULUMI_DISABLE_CHECKPOINT_BACKUPS",
    "PULUMI_SKIP_CHECKPOINTS",
    "PULUMI_DEBUG_PROVIDERS",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
    "PULUMI_BACKEND_URL",
    "PULUMI_STACK",
    "PULUMI_CONFIG",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CLOUD_SECRET_OVERRIDE",
    "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER",
    "PULUMI_ENABLE_LEGACY_DIFF",
    "PULUMI_ENABLE_LEGACY_REFRESH_DIFF",
    "PULUMI_ENABLE_STREAMING_JSON_PREVIEW",
    "PULUMI_DISABLE_PROVIDER_PREVIEW",
    "PULUMI_DISABLE_VALIDATION",
    "PULUMI_SKIP_CONFIRMATIONS",
    "PULUMI_CONTINUE_ON_ERROR",
    "PULUMI_RUN_PROGRAM",
    "PULUMI_EXPERIMENTAL",
    "PULUMI_PARALLEL",
    "PULUMI_OPTION_TARGET",
    "PULUMI_OPTION_REFRESH",
    "PULUMI_OPTION_DISABLE_INTEGRITY_CHECKING",
  ];
  return Object.fromEntries(names.map((name) => [name, "true"]));
}

test("attached providers: where they are, and no plugin fetched in their stead", () => {
  const environment = engineEnvironment({ ...args, env: {}, providers: { ovh: 1, openstack: 2 }, pulumiHome: "/home" });
  expect(environment).toMatchObject({
    PULUMI_DEBUG_PROVIDERS: "ovh:1,openstack:2",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_HOME: "/home",
  });
});

test("an adopted server's user data goes into the state in the form its provider compares with", () => {
  const urn = "urn:pulumi:prod::lor::openstack:compute/instance:Instance::ps-0";
  const encryptedNothing = { [specialKey]: secretMark, ciphertext: "v1:…" };
  const raw = {
    deployment: {
      resources: [
        {
          urn,
          type: "openstack:compute/instance:Instance",
          inputs: { name: "ps-0" },
          outputs: {
            networks: [{ name: "front", port: "" }],
            userData: encryptedNothing,
            __pulumi_raw_state_delta: { obj: {} },
          },
        },
      ],
    },
  };
  const known = (value: unknown) => ({ value, known: true, secret: false });
  const inputs = new Map([[urn, { userData: known("#cloud-config"), networks: known([{ port: "port-1" }]) }]]);

  expect(completeAdopted(raw, inputs)).toEqual({
    deployment: {
      resources: [
        {
          urn,
          type: "openstack:compute/instance:Instance",
          inputs: { name: "ps-0", userData: "#cloud-config", networks: [{ port: "port-1" }] },
          // printf '#cloud-config' | sha1sum; the delta was made for other outputs
          outputs: {
            networks: [{ name: "front", port: "port-1" }],
            userData: "f6c3e6cf066eeeef3eb2dad41a725bffff4ba5a5",
          },
        },
      ],
    },
  });
  expect(completeAdopted(raw, new Map())).toBeUndefined();
});
