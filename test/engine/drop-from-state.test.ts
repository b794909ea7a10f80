import { expect, it } from "vitest";
import { dropFromState } from "../../src/engine/drop-from-state.ts";

it("takes a resource out, and its name out of what depended on it", () => {
  const state = (resources: readonly unknown[]) => ({ version: 3, deployment: { manifest: {}, resources } });
  const network = { urn: "network", id: "1" };
  const raw = state([
    network,
    { urn: "balancer", id: "2", dependencies: ["network"] },
    {
      urn: "pool",
      dependencies: ["balancer", "network"],
      propertyDependencies: { loadbalancerId: ["balancer"], name: null },
      deletedWith: "balancer",
    },
  ]);
  expect(dropFromState(raw, new Set(["balancer"]))).toEqual(
    state([
      network,
      { urn: "pool", dependencies: ["network"], propertyDependencies: { loadbalancerId: [], name: [] } },
    ]),
  );
});
