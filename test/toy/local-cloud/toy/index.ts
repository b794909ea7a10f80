import type { PackageCatalogue } from "../../../../src/local-cloud/catalogue/shape.ts";
import { plainErrors } from "../../../../src/local-cloud/http/error-format.ts";
import type { HttpApi } from "../../../../src/local-cloud/http/route.ts";
import { CloudError } from "../../../../src/local-cloud/kernel/cloud-error.ts";
import { Records } from "../../../../src/local-cloud/kernel/records.ts";
import type { StoredRecord } from "../../../../src/local-cloud/kernel/store.ts";
import type { LocalCloud } from "../../../../src/local-cloud/local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../../../src/local-cloud/provider/resource-adapter.ts";
import { needText, numberOf } from "../../../../src/local-cloud/provider/value-readers.ts";
import type { Values } from "../../../../src/local-cloud/provider/wire-values.ts";
import type { Simulator } from "../../../../src/local-cloud/simulator.ts";

const toyRegion = "toyland";

/** How long a machine takes to start, in seconds of the real world. */
const startSeconds = 5;

interface MachineBody {
  readonly size: string;
  /** Number of its disks. */
  readonly disks: number;
  readonly status: "STARTING" | "RUNNING";
}

/** The toy cloud's only service. */
class Machines {
  readonly #cloud: LocalCloud;
  readonly #records: Records<MachineBody>;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
    this.#records = new Records(
      cloud.context,
      "toy-machine",
      (id) => new CloudError(404, "not-found", `there is no machine ${id}`),
    );
    cloud.context.onDue<MachineBody>("toy-machine", (record) =>
      this.#records.save({ ...record, due: undefined, body: { ...record.body, status: "RUNNING" } }),
    );
  }

  create(name: string, size: string, disks: number): StoredRecord<MachineBody> {
    const { context } = this.#cloud;
    return context.write(() =>
      this.#records.insert({
        id: context.uuid("toy-machine", toyRegion, name),
        region: toyRegion,
        name,
        due: context.clock.now() + context.scaled(startSeconds),
        body: { size, disks, status: "STARTING" },
      }),
    );
  }

  list(): StoredRecord<MachineBody>[] {
    return this.#cloud.context.read(() => this.#records.list());
  }

  get(id: string): StoredRecord<MachineBody> {
    return this.#cloud.context.read(() => this.#records.require(id));
  }

  resize(id: string, size: string): StoredRecord<MachineBody> {
    return this.#cloud.context.write(() => this.#records.change(this.#records.require(id), { size }));
  }

  delete(id: string): void {
    this.#cloud.context.write(() => this.#records.remove(this.#records.require(id).id));
  }
}

/** toy:index/machine:Machine. Its size changes in place, the number of its disks does not. */
class MachineAdapter implements ResourceAdapter {
  readonly service = "toy-machines";
  readonly inputs = ["name", "size", "disks"];
  readonly #cloud: LocalCloud;
  readonly #machines: Machines;

  constructor(cloud: LocalCloud, machines: Machines) {
    this.#cloud = cloud;
    this.#machines = machines;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const { id } = this.#machines.create(
      needText(inputs, "name"),
      needText(inputs, "size"),
      numberOf(inputs, "disks") ?? 1,
    );
    await call.accepted(id);
    return this.#cloud.waitUntil(
      () => {
        const record = this.#machines.get(id);
        return record.body.status === "RUNNING" && observe(record);
      },
      { signal: call.signal },
    );
  }

  async read(id: string): Promise<Observed> {
    return observe(this.#machines.get(id));
  }

  async update(id: string, wanted: Values): Promise<Observed> {
    return observe(this.#machines.resize(id, needText(wanted, "size")));
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#machines.delete(id);
    await call.accepted(id);
  }
}

function observe({ id, name, body }: StoredRecord<MachineBody>): Observed {
  return { id, state: { name, ...body } };
}

const catalogue: PackageCatalogue = {
  version: "1.0.0",
  resources: {
    "toy:index/machine:Machine": {
      inputs: {
        name: { type: "string" },
        size: { type: "string", required: true },
        disks: { type: "number", replaces: true, default: 1 },
      },
      outputs: { status: { type: "string" } },
    },
  },
  functions: {},
};

/** `GET /toy/v1/machines`: names and sizes. */
function machinesApi(machines: Machines): HttpApi {
  return {
    name: "toy-machines",
    errors: plainErrors,
    access: "token",
    journaled: true,
    routes: [
      {
        method: "GET",
        path: "/toy/v1/machines",
        handle: () => ({ body: machines.list().map(({ id, name, body }) => ({ id, name, size: body.size })) }),
      },
    ],
  };
}

export const simulator: Simulator = {
  id: "toy",
  open(cloud) {
    const machines = new Machines(cloud);
    return {
      packages: {
        toy: {
          catalogue,
          adapters: {
            resources: { "toy:index/machine:Machine": new MachineAdapter(cloud, machines) },
            functions: {},
          },
        },
      },
      apis: [machinesApi(machines)],
    };
  },
};
