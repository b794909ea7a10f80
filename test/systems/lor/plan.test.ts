import fc from "fast-check";
import { expect, test } from "vitest";
import { ovhcloudOffer } from "../../../src/clouds/ovh/offers.ts";
import { LorError } from "../../../src/core/errors.ts";
import { fleetOf, frontName, planLor } from "../../../src/systems/lor/plan.ts";
import { planItems } from "../../../src/systems/lor/plan-items.ts";
import { lorProject, planOf, planOfFleet } from "./lor-project.ts";

test.each(["normal", "rush"] as const)("the plan of %s is the one that was agreed", async (profile) => {
  await expect(`${JSON.stringify(planOf(profile), undefined, 2)}\n`).toMatchFileSnapshot(`plans/${profile}.snap`);
});

test("rush has one more front, larger ones, a larger load balancer, and nothing else of another size", () => {
  const normal = planOf("normal");
  const rush = planOf("rush");
  expect(normal.shop.fronts.map((front) => [front.name, front.flavor])).toEqual([
    ["ps-0", "b2-7-flex"],
    ["ps-1", "b2-7-flex"],
  ]);
  expect(rush.shop.fronts.map((front) => [front.name, front.flavor])).toEqual([
    ["ps-0", "b2-15-flex"],
    ["ps-1", "b2-15-flex"],
    ["ps-2", "b2-15-flex"],
  ]);
  expect([normal.loadBalancer.flavor, rush.loadBalancer.flavor]).toEqual(["medium", "large"]);
  expect(rush.shop.extraFronts).toEqual(["ps-2"]);
  const { profile: _p1, fleet: _f1, loadBalancer: _l1, shop: _s1, ...restOfNormal } = normal;
  const { profile: _p2, fleet: _f2, loadBalancer: _l2, shop: _s2, ...restOfRush } = rush;
  expect(restOfRush).toEqual(restOfNormal);
});

test("a front that stays keeps everything but its size in rush", () => {
  for (const front of planOf("normal").shop.fronts) {
    const inRush = planOf("rush").shop.fronts.find((candidate) => candidate.name === front.name);
    expect({ ...inRush, size: front.size, flavor: front.flavor }).toEqual(front);
  }
});

test("gateway and automatic addresses lie apart from every fixed address", () => {
  const { network, shop, odoo, loadBalancer } = planOf("rush");
  expect(network.subnets.map(({ gateway, pool }) => [gateway, pool.start, pool.end])).toEqual(
    [0, 1, 2, 3, 4].map((third) => [`10.10.${third}.254`, `10.10.${third}.100`, `10.10.${third}.250`]),
  );
  const fixed = [...shop.fronts.map((front) => front.address), odoo.server.address, loadBalancer.address];
  expect(fixed).toEqual(["10.10.1.10", "10.10.1.11", "10.10.1.12", "10.10.3.10", "10.10.0.1"]);
});

const size = fc.constantFrom("b2-7", "b2-15");
const fleet = fc.record({
  loadBalancerBandwidth: fc.constantFrom(...ovhcloudOffer.loadBalancers.map((offer) => offer.bandwidth)),
  fronts: fc
    .uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 3 })
    .chain((indexes) =>
      fc.tuple(...indexes.sort().map((index) => size.map((of) => ({ name: frontName(index), size: of })))),
    ),
});

test("every state between two profiles has a plan whose items have names of their own", () => {
  fc.assert(
    fc.property(fleet, (state) => {
      const plan = planOfFleet(state);
      const names = planItems(plan).map((item) => `${item.type}::${item.name}`);
      expect(new Set(names).size).toBe(names.length);
      expect(plan.shop.fronts.map((front) => front.size)).toEqual(state.fronts.map((front) => front.size));
      expect(plan.backups.map((backup) => backup.server)).toEqual([
        ...state.fronts.map((front) => front.name).filter((name) => name !== "ps-2"),
        "odoo",
      ]);
    }),
  );
});

test("the items of a front do not depend on the others, so that a step changes only what it names", () => {
  const itemsOf = (plan: ReturnType<typeof planOf>, front: string) =>
    planItems(plan).filter((item) => item.name === front || item.name === `${front}-data`);
  const small = planOfFleet({ loadBalancerBandwidth: 500, fronts: [{ name: "ps-0", size: "b2-7" }] });
  expect(itemsOf(small, "ps-0")).toEqual(itemsOf(planOf("normal"), "ps-0"));
});

test("what holds data is protected: databases, buckets, the filestore's volume", () => {
  const holding = planItems(planOf("normal")).filter((item) => item.holdsData);
  expect(holding.map((item) => `${item.type.split(":").at(-1)} ${item.name}`).sort()).toEqual([
    "Database mysql",
    "Database postgresql",
    "DatabaseInstance mysql",
    "DatabaseInstance postgresql",
    "Storage copies",
    "Storage images",
    "Volume odoo-data",
  ]);
});

test("planning is pure: the same again, and the settings untouched", () => {
  const project = lorProject();
  const before = JSON.stringify(project.settings);
  const args = {
    project: project.name,
    stack: "prod",
    settings: project.settings,
    fleet: fleetOf(project.settings.rush),
  };
  expect(planLor(args)).toEqual(planLor(args));
  expect(JSON.stringify(project.settings)).toBe(before);
});

test.each([
  [{ loadBalancerBandwidth: 500, fronts: [{ name: "ps-9", size: "b2-7" }] }, "addresses-too-few"],
  [{ loadBalancerBandwidth: 500, fronts: [{ name: "ps-0", size: "b2-16" }] }, "flavor-unknown"],
  [{ loadBalancerBandwidth: 700, fronts: [{ name: "ps-0", size: "b2-7" }] }, "flavor-unknown"],
])("a fleet that cannot be built is a coded error", (state, code) => {
  const plan = () => planOfFleet(state);
  expect(plan).toThrow(LorError);
  expect(plan).toThrow(expect.objectContaining({ code }));
});
