import { expect, test } from "vitest";
import { planItems } from "../../../src/systems/lor/plan-items.ts";
import type { LorPlan } from "../../../src/systems/lor/plan-model.ts";
import { recordLor, resourcesOf } from "../../components/lor-build.ts";
import { midwayPlan, profilePlan } from "../../components/lor-plans.ts";
import { planWithAccess } from "./lor-project.ts";

const normal = profilePlan("normal");
const plans: readonly (readonly [name: string, plan: LorPlan])[] = [
  ["normal", normal],
  ["rush", profilePlan("rush")],
  ["midway", midwayPlan()],
  ["access", planWithAccess("normal")],
  ["administrator", { ...normal, postgresql: { ...normal.postgresql, adoptAdministrator: true } }],
  ["openstack-shell", { ...normal, loadBalancer: { ...normal.loadBalancer, driver: "openstack" } }],
];

test.each(plans)("the items of the Plan are the resources that are created, one to one: %s", async (_, plan) => {
  const cloud = await recordLor(plan);
  const componentTypes = new Map(
    cloud.registrations.filter((each) => !each.custom).map((each) => [`${each.type}::${each.name}`, each.type]),
  );
  const created = resourcesOf(cloud).map((each) => ({
    type: each.type,
    name: each.name,
    component: componentOf(each.parent, componentTypes),
    protected: each.protect,
  }));
  const planned = planItems(plan).map(({ type, name, component, holdsData }) => ({
    type,
    name,
    component,
    protected: holdsData,
  }));
  expect([...created].sort(byTypeAndName)).toEqual([...planned].sort(byTypeAndName));
  expect(new Set(planned.map(({ type, name }) => `${type} ${name}`)).size).toBe(planned.length);
});

test.each(plans)("the resources of a Plan are those that were agreed: %s", async (name, plan) => {
  const lines = planItems(plan).map(
    (item) =>
      `${item.component.padEnd(20)}${item.type} ${item.name}${item.holdsData ? " [data]" : ""}${item.serves ? " [serves]" : ""}`,
  );
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
});

function componentOf(parentUrn: string, components: ReadonlyMap<string, string>): string {
  const [, , qualified = "", name = ""] = parentUrn.split("::");
  const type = qualified.split("$").at(-1) ?? "";
  return components.get(`${type}::${name}`)?.split(":").at(-1) ?? `not in a component (${parentUrn})`;
}

function byTypeAndName(a: { type: string; name: string }, b: { type: string; name: string }): number {
  return `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`);
}
