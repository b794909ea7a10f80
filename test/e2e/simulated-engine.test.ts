import { afterEach, expect, it } from "vitest";
import { switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { up } from "../../src/actions/up/up.ts";
import type { FaultEffect, FaultMatch } from "../../src/local-cloud/kernel/faults.ts";
import { stackFolder } from "../../src/state/stack-folder.ts";
import { stateInFolder } from "../../src/state/stack-state.ts";
import type { StateForm } from "../../src/state/state-file.ts";
import { readStateFile } from "../../src/state/state-file.ts";
import { loadProject } from "../../src/systems/load-project.ts";
import { SimShop } from "../simulation/december/shop.ts";
import type { Machine } from "../simulation/world/sim-process.ts";
import { createdProject } from "./created-stack.ts";
import type { InProcessProject } from "./in-process.ts";

let real: InProcessProject | undefined;
afterEach(() => real?.dispose());

interface RawResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly dependencies?: readonly string[];
}

/** What two states of the same shop have in common, whatever their ids, times and secrets. */
function pictureOf(form: StateForm | undefined): Readonly<Record<string, unknown>> {
  const resources = (form?.deployment.resources ?? []) as readonly RawResource[];
  const own = resources.filter(({ urn }) => !urn.includes("::default_"));
  return Object.fromEntries(
    own.map(({ urn, type, custom, id, inputs = {}, outputs = {}, parent, protect, dependencies = [] }) => [
      urn,
      {
        custom,
        hasId: id !== undefined,
        parent,
        protect: protect === true,
        dependencies: dependencies.toSorted(),
        inputs: namesOf(inputs),
        outputs: type === "pulumi:pulumi:Stack" || !custom ? [] : namesOf(outputs),
      },
    ]),
  );
}

/** The engine's own members, which no program reads, are left out. */
function namesOf(values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(values)
    .filter((name) => !name.startsWith("__"))
    .toSorted();
}

const instance = "openstack:compute/instance:Instance";

/** Each run of rush meets one of them, and stops; the last run meets none. */
const faults: readonly { readonly match: FaultMatch; readonly effect: FaultEffect }[] = [
  { match: { type: instance, operation: "create", name: "lor-prod-ps-2" }, effect: { kind: "drop-after-accept" } },
  { match: { type: instance, operation: "update", name: "lor-prod-ps-0" }, effect: { kind: "error-state" } },
  { match: { type: instance, operation: "update", name: "lor-prod-ps-1" }, effect: { kind: "fail" } },
];

it("leaves the states that the real engine leaves, also where it fails", { timeout: 300_000 }, async () => {
  real = await createdProject();
  const loaded = loadProject(real.folder, "prod");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const both = new Both(real, await SimShop.open(1, loaded.value));
  await both.simulate("up");
  await real.run(["status"]);
  await both.compare("up");
  for (const fault of faults) await both.run("rush", fault);
  await both.run("rush");
  await both.run("normal");
});

/** The real engine on the local cloud, and the simulator, side by side. */
class Both {
  readonly #real: InProcessProject;
  readonly #simulated: SimShop;
  readonly #machine: Machine;

  constructor(project: InProcessProject, simulated: SimShop) {
    this.#real = project;
    this.#simulated = simulated;
    this.#machine = simulated.machine("atelier", "anne");
  }

  /** Runs a switch on both, which meets the fault; both end with the same code and leave the same state. */
  async run(profile: "rush" | "normal", fault?: (typeof faults)[number]): Promise<void> {
    if (fault !== undefined) {
      const { match, effect } = fault;
      this.#simulated.cloud.cloud.faults.order({ match, effect });
      await this.#real.cloud.orderFault({ match, effect });
    }
    const code = await this.simulate(profile);
    const document = await this.#real.run([profile, "--yes", "--json"]);
    const told = (JSON.parse(document.stdout) as { readonly error?: { readonly code: string } }).error?.code;
    expect(code, document.stdout).toBe(told);
    await this.compare(`${profile} ${JSON.stringify(fault)}`);
  }

  async compare(what: string): Promise<void> {
    const state = stateInFolder(stackFolder(this.#real.home, "local", "prod"), "lor");
    expect(pictureOf(await this.#simulated.state()), what).toEqual(pictureOf(await readStateFile(state)));
  }

  /** @returns code of the error; undefined: it was done */
  async simulate(operation: "up" | "rush" | "normal"): Promise<string | undefined> {
    const confirm = async () => true;
    const end = await this.#simulated.scheduler.until(
      this.#simulated.run(this.#machine, {
        operation,
        action: (context) =>
          operation === "up" ? up(context, { confirm }) : switchProfile(context, { target: operation, confirm }),
      }),
    );
    return end.kind === "failed" ? end.error.code : undefined;
  }
}
