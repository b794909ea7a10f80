import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "../../../src/local-cloud/catalogue/catalogue.ts";
import { planOf, type RecordedPlan, readPlans } from "../../ovh-provider/plan-cases.ts";
import { TestCloud } from "./start-test-cloud.ts";

/** What the real provider plans when one input is changed alone: `npm run test:ovh-plans`, docs/ovhcloud-api.md. */
const { states, plans } = readPlans();

/** Inputs that the local cloud refuses by name. */
const notModelled =
  /^(kafkaRestApi|kafkaSchemaRegistry|opensearchAclsEnabled|openstackRc|limit|marker|prefix|listeners)(\b.*: given|: not known yet)/;

/** What stays different: whole collections that are not known in a preview. No program of ours has one. */
const known: Readonly<Record<string, string>> = {
  "advancedConfiguration: not known yet": "the provider takes it for an empty one",
  "roles: not known yet": "the provider takes it for the roles that there are, if there are some",
  "network: not known yet": "the bridge takes it for one without members, and refuses it",
};
const differs = ({ state, what }: RecordedPlan) =>
  known[what] !== undefined && !(what.startsWith("roles") && state === "postgresql user");

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.close());

describe.each(states)("$key ($type)", (state) => {
  const of = plans.filter((plan) => plan.state === state.key);
  const ask = (wanted: RecordedPlan["wanted"]) => planOf(cloud.clientOf(state.type), state, wanted);

  it.each(of.filter((plan) => !notModelled.test(plan.what) && !differs(plan)))(
    "$what",
    async ({ state: _, what: __, wanted, refused, ...real }) => {
      const { refused: why, ...plan } = await ask(wanted);
      expect(why !== undefined, why ?? refused).toBe(refused !== undefined);
      expect(plan).toEqual(real);
    },
  );

  it.each(of.filter(({ what }) => notModelled.test(what)))("$what is refused by name", async ({ what, wanted }) => {
    const [name] = what.split(/[.:]/, 1);
    expect((await ask(wanted)).refused).toContain(`the local cloud does not model the input '${name}'`);
  });

  it.each(of.filter(differs))("$what still differs", async ({ state: _, what: __, wanted, ...real }) => {
    expect(await ask(wanted)).not.toEqual(real);
  });
});

it("asks for every input of every type", () => {
  const asked = new Set(plans.map(({ state, what }) => `${state} ${what.split(/[.:]/, 1)[0]}`));
  const missing = states.flatMap(({ key, type }) =>
    Object.keys(catalogue.ovh.resources[type]?.inputs ?? {}).filter((name) => !asked.has(`${key} ${name}`)),
  );
  expect(missing).toEqual([]);
  expect([...new Set(states.map(({ type }) => type))].sort()).toEqual(Object.keys(catalogue.ovh.resources).sort());
});
