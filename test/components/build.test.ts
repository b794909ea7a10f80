import { expect, test } from "vitest";
import { buildLor } from "../../src/systems/lor/build.ts";
import { profilePlan } from "./lor-plans.ts";
import { record } from "./recording-cloud.ts";

test("tmp", async () => {
  const cloud = await record(() => buildLor(profilePlan("normal"), { chain: true, tlsPkcs12: "cGxhbnRlZA==", cloud: "local" }));
  console.log(cloud.registrations.filter(r=>r.custom).map((r) => `${r.type} ${r.name}`).join("\n"));
  console.log(JSON.stringify(cloud.registrations.find(r=>r.type.endsWith(":Instance")&&r.name==="ps-1"),null,1));
  console.log(cloud.invocations, cloud.outputs);
  expect(1).toBe(1);
});
