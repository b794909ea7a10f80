import { afterAll, beforeAll, expect, it } from "vitest";
import { destroy } from "../../src/actions/destroy.ts";
import { status } from "../../src/actions/status.ts";
import { switchProfile } from "../../src/actions/switch-profile.ts";
import { up } from "../../src/actions/up.ts";
import { loopback } from "../../src/local-cloud/traffic/address.ts";
import { kill, startScript } from "../state/children.ts";
import { approve, RealStack } from "./real-stack.ts";
import { SteadyVisitors } from "./steady-visitors.ts";

/** Lor on the local cloud through the real engine: the whole year of the shop in one file. */
let stack: RealStack;
let shop: string;

beforeAll(async () => {
  stack = await RealStack.start();
}, 600_000);
afterAll(() => stack.dispose());

function sizes(fronts: readonly { readonly name: string; readonly size: string; readonly healthy: boolean }[]) {
  return fronts.map((front) => `${front.name} ${front.size} ${front.healthy ? "healthy" : "unwell"}`);
}

it("comes up in normal, healthy, and a second time changes nothing", async () => {
  const result = await stack.run("up", (context) => up(context, { confirm: approve }));
  expect(sizes(result.fleet.fronts)).toEqual(["ps-0 b2-7 healthy", "ps-1 b2-7 healthy"]);
  const { addresses } = result.outputs as { addresses: { loadBalancer: { public: string } } };
  const { host, port } = loopback(addresses.loadBalancer.public, 80, stack.portOffset);
  shop = `http://${host}:${port}/`;
  const again = await stack.run("up", (context) => up(context, { confirm: approve }));
  expect(again.changes).toEqual([]);
});

it("goes into rush and comes back without losing a request", async () => {
  const visitors = new SteadyVisitors(shop, 4);
  const rush = await stack.run("rush", (context) => switchProfile(context, { target: "rush", confirm: approve }));
  expect(sizes(rush.fleet.fronts)).toEqual(["ps-0 b2-15 healthy", "ps-1 b2-15 healthy", "ps-2 b2-15 healthy"]);
  const normal = await stack.run("normal", (context) => switchProfile(context, { target: "normal", confirm: approve }));
  expect(sizes(normal.fleet.fronts)).toEqual(["ps-0 b2-7 healthy", "ps-1 b2-7 healthy"]);
  await visitors.stop();
  expect(visitors.count).toBeGreaterThan(100);
  expect([...visitors.answers.keys()]).toEqual(["301"]);
}, 120_000);

it.each([
  { what: "a resize", match: { type: "Instance", operation: "update", name: "lor-prod-ps-0" } },
  { what: "the creation of the extra front", match: { type: "Instance", operation: "create", name: "lor-prod-ps-2" } },
])(
  "killed in $what, the same command converges and nothing is created twice",
  async ({ match }) => {
    await stack.cloud.orderFault({ match, effect: { kind: "hold" } });
    const visitors = new SteadyVisitors(shop, 2);
    const before = (await stack.cloud.journal({ limit: 1 })).at(-1)?.seq ?? 0;
    const child = startScript("../actions/real-command.ts", [stack.project.dir, "rush"]);
    await expect.poll(() => stack.cloud.held(), { timeout: 60_000, interval: 50 }).toHaveLength(1);
    await kill(child);
    await stack.cloud.release();
    const result = await stack.run("rush", (context) => switchProfile(context, { target: "rush", confirm: approve }));
    expect(sizes(result.fleet.fronts)).toEqual(["ps-0 b2-15 healthy", "ps-1 b2-15 healthy", "ps-2 b2-15 healthy"]);
    const created = await stack.cloud.journal({ after: before, operation: "create" });
    const name = (one: (typeof created)[number]) => `${one.type} ${one.name}`;
    const done = created.filter((one) => one.outcome === "ok" || one.outcome === "accepted").map(name);
    expect(done.filter((one, index) => done.indexOf(one) !== index)).toEqual([]);
    // Asked once, whatever became of the answer.
    const extra = "openstack:compute/instance:Instance lor-prod-ps-2";
    expect(created.map(name).filter((one) => one === extra)).toHaveLength(1);
    await stack.run("normal", (context) => switchProfile(context, { target: "normal", confirm: approve }));
    await visitors.stop();
    expect([...visitors.answers.keys()]).toEqual(["301"]);
    const seen = await stack.run("status", (context) => status(context));
    expect(seen).toMatchObject({ profile: "normal", unfinished: undefined });
  },
  180_000,
);

it("goes away whole, and says before what would be lost", async () => {
  const refused = stack.run("destroy", (context) => destroy(context, { confirm: approve }));
  await expect(refused).rejects.toMatchObject({ code: "destroy-holds-data", exit: 3 });
  const result = await stack.run("destroy", (context) => destroy(context, { withData: true, confirm: approve }));
  expect(result.lost.map((one) => one.name)).toEqual(expect.arrayContaining(["mysql", "postgresql"]));
  const seen = await stack.run("status", (context) => status(context));
  expect(seen.exists).toBe(false);
});
