import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { Octavia } from "../../openstack/octavia/octavia.ts";
import type { ListenerOrder, OperationView } from "./types.ts";

/** A part of the order that is made by one change of the load balancer. */
type Step =
  | { readonly kind: "listener"; readonly listener: Omit<ListenerOrder, "pool"> }
  | { readonly kind: "pool"; readonly pool: Omit<NonNullable<ListenerOrder["pool"]>, "members" | "monitor"> }
  | { readonly kind: "member"; readonly member: NonNullable<ListenerOrder["pool"]>["members"][number] }
  | { readonly kind: "monitor"; readonly monitor: NonNullable<NonNullable<ListenerOrder["pool"]>["monitor"]> };

interface OperationBody {
  readonly action: string;
  readonly status: OperationView["status"];
  readonly createdAt: string;
  readonly completedAt: string | undefined;
  /** What is still to be made, in order. */
  readonly steps: readonly Step[];
  readonly listenerId?: string | undefined;
  readonly poolId?: string | undefined;
}

/** What OVHcloud carries out after it has answered: a load balancer with its listeners, one part after another. See BEHAVIOUR.md. */
export class Operations {
  readonly #context: CloudContext;
  readonly #octavia: Octavia;
  readonly #records: Records<OperationBody>;

  constructor(context: CloudContext, octavia: Octavia) {
    this.#context = context;
    this.#octavia = octavia;
    this.#records = new Records(
      context,
      "ovh-operation",
      () => new CloudError(404, "Client::NotFound", "The requested object (operationId) does not exist"),
    );
    context.onDue<OperationBody>("ovh-operation", (record) => this.#advance(record));
  }

  begin(
    action: string,
    balancer: { readonly id: string; readonly region: string },
    listeners: readonly ListenerOrder[],
  ): OperationView {
    return this.#context.write(() =>
      view(
        this.#records.insert({
          id: this.#context.uuid("ovh-operation", balancer.region, balancer.id),
          region: balancer.region,
          name: action,
          parent: balancer.id,
          due: this.#context.after("loadBalancerCreate"),
          body: {
            action,
            status: "in-progress",
            createdAt: this.#context.clock.iso(),
            completedAt: undefined,
            steps: listeners.flatMap(stepsOf),
          },
        }),
      ),
    );
  }

  get(id: string): OperationView {
    return this.#context.read(() => view(this.#records.require(id)));
  }

  list(): OperationView[] {
    return this.#context.read(() => this.#records.list().map(view));
  }

  #advance(record: StoredRecord<OperationBody>): void {
    const balancer = this.#octavia.records.balancers.find(record.parent);
    const [step, ...steps] = record.body.steps;
    if (balancer === undefined || balancer.body.status === "ERROR") {
      this.#end(record, "in-error");
    } else if (balancer.body.status !== "ACTIVE") {
      this.#records.save({ ...record, due: this.#context.after("loadBalancerChange") });
    } else if (step === undefined) {
      this.#end(record, "completed");
    } else {
      this.#make(record, step, steps);
    }
  }

  #make(record: StoredRecord<OperationBody>, step: Step, steps: readonly Step[]): void {
    try {
      const made = this.#carryOut(record, step);
      this.#records.save({
        ...record,
        due: this.#context.after("loadBalancerChange"),
        body: { ...record.body, ...made, steps },
      });
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      this.#end(record, "in-error");
    }
  }

  #carryOut({ parent, body }: StoredRecord<OperationBody>, step: Step): Partial<OperationBody> {
    const { listeners, pools, members, monitors } = this.#octavia;
    const poolId = body.poolId ?? "";
    switch (step.kind) {
      case "listener":
        return { listenerId: listeners.create({ ...step.listener, loadBalancerId: parent }).id, poolId: undefined };
      case "pool":
        return { poolId: pools.create({ ...step.pool, listenerId: body.listenerId }).id };
      case "member":
        members.create({ ...step.member, poolId });
        return {};
      case "monitor":
        monitors.create({ ...step.monitor, poolId });
        return {};
    }
  }

  #end(record: StoredRecord<OperationBody>, status: OperationView["status"]): void {
    const body = { ...record.body, status, completedAt: this.#context.clock.iso() };
    this.#records.save({ ...record, due: undefined, body });
  }
}

function stepsOf({ pool, ...listener }: ListenerOrder): readonly Step[] {
  if (pool === undefined) return [{ kind: "listener", listener }];
  const { members, monitor, ...own } = pool;
  return [
    { kind: "listener", listener },
    { kind: "pool", pool: own },
    ...members.map((member): Step => ({ kind: "member", member })),
    ...(monitor === undefined ? [] : [{ kind: "monitor" as const, monitor }]),
  ];
}

function view(record: StoredRecord<OperationBody>): OperationView {
  const { action, status, createdAt, completedAt } = record.body;
  return { id: record.id, action, status, createdAt, completedAt, region: record.region, resourceId: record.parent };
}
