import { expect, test } from "vitest";
import { catalogue } from "../../src/local-cloud/catalogue/catalogue.ts";
import type { Property } from "../../src/local-cloud/catalogue/shape.ts";
import type { LorPlan } from "../../src/systems/lor/plan-model.ts";
import { recordLor, resourcesOf } from "./lor-build.ts";
import { profilePlan } from "./lor-plans.ts";

const resources = Object.assign({}, ...Object.values(catalogue).map((each) => each.resources)) as Record<
  string,
  { readonly inputs: Readonly<Record<string, Property>> }
>;
const functions = Object.assign({}, ...Object.values(catalogue).map((each) => each.functions)) as typeof resources;

const plan = profilePlan("rush");
const openstackShell: LorPlan = { ...plan, loadBalancer: { ...plan.loadBalancer, driver: "openstack" } };

test.each([
  ["OVHcloud's shell", plan],
  ["OpenStack's shell", openstackShell],
])("every type and look-up with every input of it is one that the local cloud knows: %s", async (_, used) => {
  const cloud = await recordLor(used);
  const unknown = [
    ...resourcesOf(cloud).map((each) => [each.type, each.inputs, resources[each.type]] as const),
    ...cloud.invocations.map((each) => [each.token, each.inputs, functions[each.token]] as const),
  ].flatMap(([token, inputs, known]) =>
    known === undefined
      ? [token]
      : [
          ...Object.keys(inputs).filter((input) => known.inputs[input] === undefined),
          ...Object.entries(known.inputs)
            .filter(([input, property]) => property.required === true && !(input in inputs))
            .map(([input]) => `${input} missing`),
        ].map((input) => `${token} ${input}`),
  );
  expect(unknown).toEqual([]);
});

test("the project is given wherever the provider would mean to change it when it is left out", async () => {
  const left = resourcesOf(await recordLor(plan))
    .filter(({ type }) => type.startsWith("ovh:"))
    .filter(({ type, inputs }) => {
      const project = resources[type]?.inputs.serviceName;
      return project !== undefined && project.computed !== true && inputs.serviceName === undefined;
    });
  expect(left.map(({ type }) => type)).toEqual([]);
});

test("the look-ups are few and all of one kind each", async () => {
  const { invocations } = await recordLor(plan);
  expect([...new Set(invocations.map((each) => each.token))].sort()).toEqual([
    "openstack:images/getImage:getImage",
    "openstack:networking/getNetwork:getNetwork",
    "ovh:CloudProject/getLoadBalancerFlavors:getLoadBalancerFlavors",
  ]);
});
