import { describe, expect, it } from "vitest";
import type { PlanItem } from "../../src/domain/plan-item.ts";
import { expectedChange, mismatchOf, type SeenChange } from "../../src/rolling/expected-change.ts";

const instance = "openstack:compute/instance:Instance";
const member = "openstack:loadbalancer/member:Member";

function item(type: string, name: string, charge: PlanItem["charge"] = { kind: "free" }): PlanItem {
  return { type, name, component: "PrestaShopTier", holdsData: false, serves: true, charge };
}
function frontItems(name: string): readonly PlanItem[] {
  return [item(instance, name, { kind: "instance", size: "b2-7" }), item(member, name)];
}
const loadBalancer = item("ovh:CloudProject/loadBalancer:LoadBalancer", "lb", {
  kind: "load-balancer",
  bandwidth: 500,
});
const two = [loadBalancer, ...frontItems("ps-0"), ...frontItems("ps-1")];
const three = [...two, ...frontItems("ps-2")];

function seen(change: SeenChange["change"], type: string, name: string): SeenChange {
  return { change, type, name };
}

describe("what a step may do", () => {
  const resize = expectedChange(
    { kind: "resize-front", members: [{ name: "ps-0", from: "b2-7", to: "b2-15" }] },
    two,
    two,
  );
  const add = expectedChange(
    { kind: "add-front", members: [{ name: "ps-2", size: "b2-7" }], temporary: false },
    two,
    three,
  );

  it("resizes exactly one instance in place", () => {
    expect(mismatchOf(resize, [seen("update", instance, "ps-0"), seen("same", instance, "ps-1")])).toBeUndefined();
  });

  it.each([
    [
      "a replace instead",
      [seen("replace", instance, "ps-0")],
      [`replace ${instance} ps-0`],
      [`update ${instance} ps-0`],
    ],
    [
      "a second front",
      [seen("update", instance, "ps-0"), seen("update", instance, "ps-1")],
      [`update ${instance} ps-1`],
      [],
    ],
    ["nothing at all", [], [], [`update ${instance} ps-0`]],
    [
      "something else besides",
      [seen("update", instance, "ps-0"), seen("delete", member, "ps-1")],
      [`delete ${member} ps-1`],
      [],
    ],
  ])("refuses %s", (_, changes, unexpected, missing) => {
    expect(mismatchOf(resize, changes)).toEqual({ unexpected, missing });
  });

  it("resizes every member of a wave, and no other one", () => {
    const members = ["ps-0", "ps-1"].map((name) => ({ name, from: "b2-7", to: "b2-15" }));
    const wave = expectedChange({ kind: "resize-front", members }, three, three);
    const both = [seen("update", instance, "ps-0"), seen("update", instance, "ps-1")];
    expect(mismatchOf(wave, both)).toBeUndefined();
    expect(mismatchOf(wave, both.slice(1))?.missing).toEqual([`update ${instance} ps-0`]);
    expect(mismatchOf(wave, [...both, seen("update", instance, "ps-2")])?.unexpected).toHaveLength(1);
  });

  it("only creates what belongs to the added front, all of it or what a crash left to do", () => {
    expect(mismatchOf(add, [seen("create", instance, "ps-2"), seen("create", member, "ps-2")])).toBeUndefined();
    expect(mismatchOf(add, [seen("import", instance, "ps-2"), seen("create", member, "ps-2")])).toBeUndefined();
    expect(mismatchOf(add, [seen("create", member, "ps-2")])).toBeUndefined();
    expect(mismatchOf(add, [seen("create", instance, "ps-1")])?.unexpected).toEqual([`create ${instance} ps-1`]);
    expect(mismatchOf(add, [seen("update", instance, "ps-2")])?.unexpected).toHaveLength(1);
  });

  it("only deletes what belongs to the removed front", () => {
    const remove = expectedChange({ kind: "remove-front", members: ["ps-2"] }, three, two);
    expect(mismatchOf(remove, [seen("delete", instance, "ps-2"), seen("delete", member, "ps-2")])).toBeUndefined();
    expect(mismatchOf(remove, [seen("delete", instance, "ps-1")])?.unexpected).toHaveLength(1);
  });

  it("updates the load balancer alone", () => {
    const step = expectedChange({ kind: "resize-load-balancer", from: 500, to: 2000 }, two, two);
    expect(
      mismatchOf(step, [seen("update", loadBalancer.type, "lb"), seen("update", "lor:ovh:LoadBalancer", "lb")]),
    ).toBeUndefined();
    expect(mismatchOf(step, [seen("replace", loadBalancer.type, "lb")])).toBeDefined();
  });
});
