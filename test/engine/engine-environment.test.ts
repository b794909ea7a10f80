import { expect, test } from "vitest";
import { completeAdopted } from "../../src/engine/adopted-inputs.ts";
import { engineEnvironment } from "../../src/engine/engine-environment.ts";
import { SECRET_MARK, SPECIAL_KEY } from "../../src/engine/state-export.ts";

const args = {
  backendUrl: "file:///state",
  passphrase: "one",
  providers: undefined,
  pulumiHome: undefined,
};

test("nothing in the shell decides which cloud, stack or secret the engine works on", () => {
  const environment = engineEnvironment({
    ...args,
    env: {
      PATH: "/bin",
      OS_AUTH_URL: "https://auth.example",
      PULUMI_DEBUG_PROVIDERS: "ovh:1",
      PULUMI_CONFIG_PASSPHRASE: "another",
      PULUMI_CONFIG_PASSPHRASE_FILE: "/else",
      PULUMI_BACKEND_URL: "file:///else",
      PULUMI_STACK: "else",
    },
  });

  expect(environment).toEqual({
    PATH: "/bin",
    OS_AUTH_URL: "https://auth.example",
    PULUMI_BACKEND_URL: "file:///state",
    PULUMI_CONFIG_PASSPHRASE: "one",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API: "true",
  });
});

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
  const encryptedNothing = { [SPECIAL_KEY]: SECRET_MARK, ciphertext: "v1:…" };
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
