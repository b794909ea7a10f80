import { expect, test } from "vitest";
import { assessDataLoss, recoveryFacts } from "../../src/systems/lor/recovery.ts";
import { find, recordLor } from "./lor-build.ts";
import { midwayPlan, profilePlan } from "./lor-plans.ts";

test("the stack records where it lives and its addresses, and no figure that the Plan gives", async () => {
  const { outputs } = await recordLor(profilePlan("normal"));
  expect(outputs).toMatchObject({
    system: "lor",
    cloud: "local",
    profile: "normal",
    addresses: {
      loadBalancer: { public: "192.0.2.100", private: "10.10.0.117" },
      odoo: { public: "192.0.2.101", private: "10.10.3.10" },
      fronts: { "ps-0": "10.10.1.10", "ps-1": "10.10.1.11" },
    },
  });
  expect(outputs).not.toHaveProperty("cost");
  expect(outputs).not.toHaveProperty("dataLoss");
});

test("between two profiles the stack has no profile", async () => {
  const { outputs } = await recordLor(midwayPlan());
  expect(outputs.profile).toBeNull();
});

test("every resource that the data-loss statement names is created, every timer is given to its guests", async () => {
  const plan = profilePlan("rush");
  const cloud = await recordLor(plan);
  const sources = assessDataLoss(recoveryFacts(plan)).flatMap((loss) => loss.terms.map((term) => term.source));
  expect(sources.length).toBeGreaterThan(10);
  for (const source of sources) {
    if (source.kind === "resource") {
      find(cloud, source.type, source.name);
      continue;
    }
    for (const guest of source.guests) {
      const document = find(cloud, "openstack:objectstorage/containerObject:ContainerObject", guest);
      const { filestore, imagesCopy } = JSON.parse(String(document.inputs.content));
      expect(guest === "odoo" ? filestore : imagesCopy).toEqual({ copyEverySeconds: 1800, copyTimeoutSeconds: 600 });
    }
  }
});
