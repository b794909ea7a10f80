import type { PlanItem } from "../../src/domain/plan-item.ts";
import type {
  Adoption,
  EngineStack,
  InsertResult,
  Program,
  ResourceChange,
  RunOptions,
  RunResult,
  StateExport,
} from "../../src/engine/port.ts";
import type { BuildChoice } from "../../src/stack/stack-context.ts";
import type { CloudKind } from "../../src/state/stack-folder.ts";
import { planItems } from "../../src/systems/lor/plan-items.ts";
import type { LorPlan } from "../../src/systems/lor/plan-model.ts";
import type { FakeWorld } from "./fake-world.ts";

const instanceType = "openstack:compute/instance:Instance";
const memberType = "openstack:loadbalancer/member:Member";
const databaseType = "ovh:CloudProject/database:Database";
const workflowType = "ovh:CloudProject/workflowBackup:WorkflowBackup";
const portType = "openstack:networking/port:Port";
const logicalType = "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance";
const loadBalancerType = "ovh:CloudProject/loadBalancer:LoadBalancer";

interface FakeResource {
  readonly type: string;
  readonly name: string;
  readonly cloudName: string;
  /** What changes in place: the flavor of an instance or of the load balancer, flavor and backup time of a database. */
  readonly flavor: string | undefined;
  /** What replaces it when it changes: the schedule of a backup, the address of a port, the logical database of a service. */
  readonly fixed: string | undefined;
  readonly protect: boolean;
}

const quiet = { outputs: {}, differences: new Map(), writeOnlyValues: new Map(), durationSeconds: 0 };

/** A program that the fake engine can read. */
export type PlannedProgram = Program & { readonly plan: LorPlan; readonly choice: BuildChoice };

export function plannedProgram(plan: LorPlan, choice: BuildChoice, cloud: CloudKind = "local"): PlannedProgram {
  const said = choice.says ?? { fleet: plan.fleet, profile: plan.profile };
  const outputs = { cloud, profile: said.profile ?? null, fleet: said.fleet ?? null };
  return Object.assign(async () => outputs, { plan, choice });
}

/** The engine on the fake world: compares a Plan's items with its state, and carries the difference out one by one. */
export class FakeEngine implements EngineStack {
  readonly world: FakeWorld;
  readonly runs: string[] = [];
  state = new Map<string, FakeResource>();
  pending: { kind: string; urn: string; type: string }[] = [];
  recorded: Record<string, unknown> = {};
  /** Added to every preview: a change that the step does not account for. */
  surprise: ResourceChange | undefined;

  constructor(world: FakeWorld) {
    this.world = world;
  }

  async preview(program: Program, options?: RunOptions): Promise<RunResult> {
    this.runs.push("preview");
    const changes = this.#difference(program as PlannedProgram, options?.keep);
    return {
      changes: this.surprise === undefined ? changes : [...changes, this.surprise],
      ...quiet,
    };
  }

  async up(program: Program, options: RunOptions = {}): Promise<RunResult> {
    this.runs.push("up");
    const planned = program as PlannedProgram;
    const wanted = this.#wanted(planned);
    const targets = options.targets === undefined ? undefined : new Set(options.targets);
    const changes = this.#difference(planned, options.keep).filter((one) => targets?.has(one.urn) ?? true);
    for (const change of changes) {
      await this.#apply(change, wanted.get(`${change.type} ${change.name}`), options.adopt?.get(change.urn), planned);
    }
    for (const [key, resource] of wanted) {
      if (options.keep?.has(urnOf(resource)) === true) continue;
      if (this.state.has(key) && (targets === undefined || targets.has(urnOf(resource)))) this.state.set(key, resource);
    }
    this.recorded = (await program()) as Record<string, unknown>;
    return { ...quiet, changes, outputs: this.recorded };
  }

  async insertIntoState(program: Program): Promise<InsertResult> {
    return { preview: await this.preview(program), inserted: [] };
  }

  async refresh(program: Program | undefined): Promise<RunResult> {
    this.runs.push(program === undefined ? "refresh" : "refresh with program");
    if (program !== undefined) this.recorded = (await program()) as Record<string, unknown>;
    for (const [key, resource] of this.state) {
      if (!this.world.existing.has(`${resource.type} ${resource.cloudName}`)) this.state.delete(key);
      const server = this.world.servers.get(resource.cloudName);
      if (resource.type === loadBalancerType)
        this.state.set(key, { ...resource, flavor: this.world.loadBalancerFlavor });
      if (resource.type === instanceType && server !== undefined && resource.flavor !== undefined) {
        if (server.state === "awaiting-confirmation") throw new Error("Invalid power_state");
        this.state.set(key, { ...resource, flavor: server.flavor });
      }
    }
    return { ...quiet, changes: [] };
  }

  async destroy(): Promise<RunResult> {
    this.runs.push("destroy");
    const guarded = [...this.state.values()].find((one) => one.protect);
    if (guarded !== undefined) throw new Error(`${guarded.name} is protected`);
    for (const resource of [...this.state.values()].reverse()) await this.#delete(resource);
    this.recorded = {};
    return { ...quiet, changes: [] };
  }

  async outputs() {
    return this.recorded;
  }

  async cancel(): Promise<void> {
    this.runs.push("cancel");
  }

  async exportState(): Promise<StateExport> {
    const resources = [...this.state.values()].map((one) => ({
      urn: urnOf(one),
      type: one.type,
      name: one.name,
      id: "id",
      inputs: {},
      outputs: {},
      protect: one.protect,
      dependencies: [],
    }));
    const stack = {
      urn: "stack",
      type: "pulumi:pulumi:Stack",
      name: "lor-prod",
      id: undefined,
      inputs: {},
      outputs: this.recorded,
      protect: false,
      dependencies: [],
    };
    return {
      resources: Object.keys(this.recorded).length > 0 ? [stack, ...resources] : resources,
      pendingOperations: this.pending,
      raw: { version: 3, deployment: { pending_operations: this.pending, resources: [] } },
    };
  }

  async importState(raw: unknown): Promise<void> {
    this.runs.push("import");
    const { deployment } = raw as { deployment: { pending_operations?: unknown } };
    if (deployment.pending_operations === undefined) this.pending = [];
  }

  #wanted({ plan, choice }: PlannedProgram): Map<string, FakeResource> {
    const fronts = new Map(plan.shop.fronts.map((front) => [front.name, front]));
    return new Map(
      planItems(plan).map((item) => {
        const front = fronts.get(item.name);
        const flavor =
          item.type === instanceType
            ? front?.flavor
            : item.type === loadBalancerType
              ? plan.loadBalancer.flavor
              : item.type === databaseType
                ? `${plan[item.name as "mysql" | "postgresql"].flavor} ${plan[item.name as "mysql" | "postgresql"].backupTime}`
                : undefined;
        const cloudName = front?.cloudName ?? `${plan.prefix}-${item.name}`;
        const protect = item.holdsData && choice.allowDataDeletion !== true;
        const fixed = fixedOf(plan, item);
        return [`${item.type} ${item.name}`, { type: item.type, name: item.name, cloudName, flavor, fixed, protect }];
      }),
    );
  }

  #difference(program: PlannedProgram, keep: ReadonlySet<string> = new Set()): ResourceChange[] {
    const wanted = this.#wanted(program);
    const changes: ResourceChange[] = [];
    for (const [key, resource] of wanted) {
      const known = this.state.get(key);
      if (known === undefined)
        changes.push({ ...changeOf(resource, "create"), identity: { name: resource.cloudName } });
      else if (keep.has(urnOf(resource))) continue;
      else if (known.fixed !== resource.fixed)
        changes.push({ ...changeOf(resource, "replace", ["fixed"]), replacingProperties: ["fixed"] });
      else if (known.flavor !== resource.flavor) changes.push(changeOf(resource, "update", ["flavorName"]));
    }
    for (const [key, resource] of [...this.state].reverse()) {
      if (!wanted.has(key)) changes.push(changeOf(resource, "delete"));
    }
    return changes;
  }

  async #apply(
    change: ResourceChange,
    resource: FakeResource | undefined,
    adoption: Adoption | undefined,
    { choice }: PlannedProgram,
  ): Promise<void> {
    const known = this.state.get(`${change.type} ${change.name}`);
    if (change.change === "delete") {
      if (known !== undefined) await this.#delete(known);
      return;
    }
    if (resource === undefined) return;
    const key = `${resource.type} ${resource.name}`;
    if (change.change === "update") {
      const event = resource.type === instanceType ? `resize ${resource.name}` : `update ${resource.name}`;
      await this.world.happen(event, () => {
        const server = this.world.servers.get(resource.cloudName);
        if (server !== undefined && resource.flavor !== undefined) {
          if (server.flavor === resource.flavor) throw new Error("Nova refuses a resize to the same flavor");
          server.flavor = resource.flavor;
        }
        if (resource.type === loadBalancerType) this.world.loadBalancerFlavor = resource.flavor;
      });
    } else if (change.change === "replace") {
      if (known !== undefined) await this.#delete(known);
      await this.world.happen(`create ${resource.type} ${resource.name}`, () => this.#create(resource, choice));
    } else if (adoption === undefined) {
      await this.world.happen(`create ${resource.type} ${resource.name}`, () => this.#create(resource, choice));
    } else {
      this.world.note(`adopt ${resource.type} ${resource.name}`);
    }
    this.state.set(key, resource);
  }

  #create(resource: FakeResource, choice: BuildChoice): void {
    const { world } = this;
    const cloudKey = `${resource.type} ${resource.cloudName}`;
    if (world.existing.has(cloudKey)) throw new Error(`${cloudKey} was created twice`);
    world.existing.set(cloudKey, world.newId());
    if (resource.type === instanceType) {
      world.servers.set(resource.cloudName, {
        id: world.newId(),
        name: resource.cloudName,
        state: "active",
        flavor: resource.flavor ?? "b2-15-flex",
        before: undefined,
        fault: undefined,
      });
    }
    if (resource.type === memberType) {
      world.members.set(resource.cloudName, {
        name: resource.cloudName,
        address: "10.10.1.10",
        weight: choice.joinDrained === true ? 0 : 1,
        connections: 3,
      });
    }
    if (resource.type === loadBalancerType) {
      world.loadBalancer = { id: "lb", provisioningStatus: "ACTIVE" };
      world.loadBalancerFlavor = resource.flavor;
    }
  }

  async #delete(resource: FakeResource): Promise<void> {
    await this.world.happen(`delete ${resource.type} ${resource.name}`, () => {
      this.world.existing.delete(`${resource.type} ${resource.cloudName}`);
      if (resource.type === instanceType) {
        this.world.servers.delete(resource.cloudName);
        // What made it sick lay on its disk.
        this.world.sick.delete(resource.name);
      }
      if (resource.type === memberType) this.world.members.delete(resource.cloudName);
      if (resource.type === loadBalancerType) this.world.loadBalancer = undefined;
    });
    this.state.delete(`${resource.type} ${resource.name}`);
  }
}

function fixedOf(plan: LorPlan, { type, name }: PlanItem): string | undefined {
  const server = [...plan.shop.fronts, plan.odoo.server].find((one) => one.name === name);
  switch (type) {
    case workflowType: {
      const backup = plan.backups.find((one) => one.server === name);
      return `${backup?.cron} ${backup?.keep}`;
    }
    case portType:
      return server?.address;
    case logicalType:
      return plan[name as "mysql" | "postgresql"].database;
    default:
      return undefined;
  }
}

function changeOf(
  resource: FakeResource,
  change: ResourceChange["change"],
  changed: readonly string[] = [],
): ResourceChange {
  return {
    urn: urnOf(resource),
    type: resource.type,
    name: resource.name,
    change,
    changedProperties: changed,
    replacingProperties: [],
  };
}

function urnOf({ type, name }: { readonly type: string; readonly name: string }): string {
  return `urn:pulumi:prod::lor::${type}::${name}`;
}
