import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { up } from "../../src/actions/up/up.ts";
import { LorError } from "../../src/core/errors.ts";
import type { Profile } from "../../src/domain/profile.ts";
import type { ActionEvent } from "../../src/stack/action-event.ts";
import { FakeStack } from "./fake-stack.ts";
import type { Trouble } from "./fake-world.ts";

/**
 * Every trouble at every call of both switches, with both ways to answer it. test/e2e/switch-faults.test.ts lets the same happen on the real engine and
 * the local cloud, each trouble in one of the two ways.
 */
let stack: FakeStack;
beforeEach(async () => {
  stack = new FakeStack();
  await up(stack.context(), { confirm: stack.confirm });
});
afterEach(() => stack.dispose());

const instance = "openstack:compute/instance:Instance";
const member = "openstack:loadbalancer/member:Member";
const refusedOrLost = ["fail", "drop-after-accept"] as const;
const ofResize = [...refusedOrLost, "error-state", "sick-after"] as const;
const resizes = ["ps-0", "ps-1"].flatMap((front): Trouble[] => [
  ...refusedOrLost.map((effect) => ({ at: `drain ${front}`, effect })),
  ...ofResize.map((effect) => ({ at: `resize ${front}`, effect })),
  ...refusedOrLost.map((effect) => ({ at: `readmit ${front}`, effect })),
]);
const balancer: readonly Trouble[] = refusedOrLost.map((effect) => ({ at: "update lb", effect }));

const troubles: Readonly<Record<Profile, readonly Trouble[]>> = {
  rush: [
    ...balancer,
    ...[instance, member].flatMap((type) => refusedOrLost.map((effect) => ({ at: `create ${type} ps-2`, effect }))),
    { at: `create ${member} ps-2`, effect: "sick-after" },
    ...refusedOrLost.map((effect) => ({ at: "readmit ps-2", effect })),
    ...resizes,
  ],
  normal: [
    ...resizes,
    ...refusedOrLost.map((effect) => ({ at: "drain ps-2", effect })),
    ...[instance, member].flatMap((type) => refusedOrLost.map((effect) => ({ at: `delete ${type} ps-2`, effect }))),
    ...balancer,
  ],
};

/** Everything that is there, in the cloud and in the state. */
function everything() {
  const { world, engine } = stack;
  return {
    servers: [...world.servers.values()].map(({ name, flavor, state }) => `${name} ${flavor} ${state}`).toSorted(),
    members: [...world.members.values()].map(({ name, weight }) => `${name} ${weight}`).toSorted(),
    loadBalancer: world.loadBalancerFlavor,
    existing: [...world.existing.keys()].toSorted(),
    state: [...engine.state.values()].map(({ type, name, flavor }) => `${type} ${name} ${flavor}`).toSorted(),
    recorded: engine.recorded,
  };
}

function go(target: Profile, onFailure: "stop" | "revert" = "stop", emit: (event: ActionEvent) => void = () => {}) {
  return switchProfile(stack.context({ emit }), { target, onFailure, confirm: stack.confirm });
}

describe.each(["stop", "revert"] as const)("--on-failure %s", (onFailure) => {
  describe.each(["rush", "normal"] as const)("lor-infra %s", (target) => {
    it.each(troubles[target])(
      "`$at`, $effect: normal's fronts serve, and the same command ends as an undisturbed one",
      async (trouble) => {
        if (target === "normal") await go("rush");
        const reference = await undisturbed(target);
        stack.world.watch();
        stack.order(trouble);
        // What makes a front ill at its new size does not at its old one.
        const heal = (event: ActionEvent) => {
          if (event.kind === "reverting") stack.world.sick.clear();
        };
        await expect(go(target, onFailure, heal)).rejects.toBeInstanceOf(LorError);
        expect(stack.world.troubles).toEqual([]);
        stack.world.sick.clear();
        await go(target, onFailure);
        expect(everything()).toEqual(reference);
        expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
      },
    );
  });
});

const whole: Partial<Record<Profile, ReturnType<typeof everything>>> = {};

/** What the same command makes on a stack that meets no trouble. */
async function undisturbed(target: Profile): Promise<ReturnType<typeof everything>> {
  const known = whole[target];
  if (known !== undefined) return known;
  const disturbed = stack;
  stack = new FakeStack();
  try {
    await up(stack.context(), { confirm: stack.confirm });
    await go("rush");
    if (target === "normal") await go("normal");
    const there = everything();
    whole[target] = there;
    return there;
  } finally {
    stack.dispose();
    stack = disturbed;
  }
}
