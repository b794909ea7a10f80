import { expect, test } from "vitest";
import { catalogue } from "../../src/local-cloud/catalogue/catalogue.ts";
import type { Property, ResourceType, Shape } from "../../src/local-cloud/catalogue/shape.ts";
import { planItems } from "../../src/systems/lor/plan-items.ts";
import type { LorPlan } from "../../src/systems/lor/plan-model.ts";
import { recordLor, resourcesOf } from "./lor-build.ts";
import { midwayPlan, profilePlan } from "./lor-plans.ts";
import type { Registration } from "./recording-cloud.ts";

interface Difference {
  readonly resource: string;
  readonly property: string;
  readonly replaces: boolean;
}

/** Inputs that differ between two Plans on resources that are in both, what is ignored aside. */
async function differences(from: LorPlan, to: LorPlan): Promise<readonly Difference[]> {
  const before = new Map(resourcesOf(await recordLor(from)).map((each) => [key(each), each]));
  const after = resourcesOf(await recordLor(to));
  return after.flatMap((each) => {
    const old = before.get(key(each));
    if (old === undefined) return [];
    const properties = new Set([...Object.keys(old.inputs), ...Object.keys(each.inputs)]);
    return [...properties]
      .filter((property) => !each.ignoreChanges.includes(property))
      .filter((property) => JSON.stringify(old.inputs[property]) !== JSON.stringify(each.inputs[property]))
      .map((property) => ({
        resource: key(each),
        property,
        replaces: mayReplace(describe(each.type).inputs[property]),
      }));
  });
}

function key({ type, name }: Pick<Registration, "type" | "name">): string {
  return `${type} ${name}`;
}

/** The property or anything inside it makes a new resource when it changes; what is not known may. */
function mayReplace(property: Property | undefined): boolean {
  return property === undefined || property.replaces === true || shapeReplaces(property.type);
}

function shapeReplaces(shape: Shape): boolean {
  if (typeof shape === "string") return false;
  if ("list" in shape) return shapeReplaces(shape.list);
  if ("map" in shape) return shapeReplaces(shape.map);
  return Object.values(shape.object).some(mayReplace);
}

function describe(type: string): ResourceType {
  const known = Object.values(catalogue).find((each) => type in each.resources)?.resources[type];
  if (known === undefined) throw new Error(`the catalogue does not know ${type}`);
  return known;
}

const front = (name: string): Difference => ({
  resource: `openstack:compute/instance:Instance ${name}`,
  property: "flavorName",
  replaces: false,
});
const loadBalancer: Difference = {
  resource: "ovh:CloudProject/loadBalancer:LoadBalancer lb",
  property: "flavorId",
  replaces: false,
};

const normal = profilePlan("normal");
const rush = profilePlan("rush");
const midway = midwayPlan();

test.each([
  ["normal to rush", normal, rush, [loadBalancer, front("ps-0"), front("ps-1")]],
  ["rush to normal", rush, normal, [loadBalancer, front("ps-0"), front("ps-1")]],
  ["normal to midway", normal, midway, [loadBalancer, front("ps-0")]],
  ["midway to rush", midway, rush, [front("ps-1")]],
  ["midway to normal", midway, normal, [loadBalancer, front("ps-0")]],
] as const)(
  "%s changes the balancer's and the fronts' sizes in place and nothing else",
  async (_, from, to, expected) => {
    const found = await differences(from, to);
    expect([...found].sort(byResource)).toEqual([...expected].sort(byResource));
  },
);

test("the catalogue does say what replaces, so that the test above can fail", () => {
  const instance = describe("openstack:compute/instance:Instance").inputs;
  for (const property of ["userData", "keyPair", "schedulerHints", "networks"]) {
    expect(mayReplace(instance[property]), property).toBe(true);
  }
  expect(mayReplace(instance.flavorName)).toBe(false);
  expect(mayReplace(describe("openstack:loadbalancer/listener:Listener").inputs.loadbalancerId)).toBe(true);
  expect(mayReplace(describe("ovh:CloudProject/database:Database").inputs.engine)).toBe(true);
});

test("what hangs on a resource that the switch changes hangs on its id only: other outputs are unknown in a preview", async () => {
  const cloud = await recordLor(rush);
  const changing = new Map(
    resourcesOf(cloud)
      .filter(({ type, name }) =>
        [loadBalancer, front("ps-0"), front("ps-1")].some((each) => each.resource === key({ type, name })),
      )
      .map((each) => [each.urn, key(each).replace(" ", "/")]),
  );
  expect(changing.size).toBe(3);
  let checked = 0;
  for (const each of resourcesOf(cloud)) {
    for (const [property, sources] of Object.entries(each.propertyDependencies)) {
      for (const source of sources) {
        const id = changing.get(source);
        if (id === undefined) continue;
        expect(each.inputs[property], `${key(each)} ${property}`).toBe(id);
        checked += 1;
      }
    }
  }
  // Pool and two listeners; attachment and backup of each front.
  expect(checked).toBe(7);
});

test("nothing that serves or holds data goes on the way to rush, and only the extra front on the way back", () => {
  const names = (plan: LorPlan) =>
    planItems(plan)
      .filter((item) => item.serves || item.holdsData)
      .map(key);
  const [inNormal, inRush] = [names(normal), names(rush)];
  expect(inNormal.filter((item) => !inRush.includes(item))).toEqual([]);
  expect(inRush.filter((item) => !inNormal.includes(item)).every((item) => item.includes(" ps-2"))).toBe(true);
});

function byResource(a: Difference, b: Difference): number {
  return a.resource.localeCompare(b.resource);
}
