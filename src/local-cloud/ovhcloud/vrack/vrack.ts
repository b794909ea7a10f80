import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { OvhVrackApi, VrackAttachmentView, VrackTaskView } from "./types.ts";

interface AttachmentBody {
  readonly projectId: string;
  readonly status: VrackAttachmentView["status"];
  /** Number of the change that goes on; undefined in a record of an earlier version. */
  readonly taskId?: number | undefined;
  readonly changedAt?: string | undefined;
}

type Begun = VrackAttachmentView & { readonly task: VrackTaskView };

/** Numbers of tasks begin above this one. */
const firstTask = 2_000_000;

/** The project's place in a vRack; see BEHAVIOUR.md. */
export class OvhVrack implements OvhVrackApi {
  readonly #context: CloudContext;
  readonly #projectId: string;
  readonly #records: Records<AttachmentBody>;

  constructor(context: CloudContext, projectId: string) {
    this.#context = context;
    this.#projectId = projectId;
    this.#records = new Records(
      context,
      "vrack-attachment",
      (id) =>
        new CloudError(
          404,
          "Client::NotFound",
          `The requested object (project ${id.split("/")[1]} in ${id.split("/")[0]}) does not exist`,
        ),
    );
    context.onDue<AttachmentBody>("vrack-attachment", (record) => {
      if (record.body.status === "DETACHING") {
        this.#records.remove(record.id);
      } else {
        this.#records.save({ ...record, due: undefined, body: { ...record.body, status: "ATTACHED" } });
      }
    });
  }

  /** Whether private networks with a VLAN can be made. */
  isAttached(): boolean {
    return this.#records.list().some(({ body }) => body.status === "ATTACHED");
  }

  requireVrack(vrack: string): { readonly vrack: string } {
    if (/^pn-\d+$/.test(vrack)) return { vrack };
    throw new CloudError(404, "Client::NotFound", `This service does not exist (vRack ${vrack})`);
  }

  attach(vrack: string, projectId: string): Begun {
    return this.#context.write(() => {
      this.requireVrack(vrack);
      if (projectId !== this.#projectId) {
        throw new CloudError(404, "Client::NotFound", `This service does not exist (project ${projectId})`);
      }
      const other = this.#records.list()[0];
      if (other !== undefined) {
        throw new CloudError(409, "Client::Conflict", `The project ${projectId} is already in the vRack ${other.name}`);
      }
      return begun(
        this.#records.insert({
          id: `${vrack}/${projectId}`,
          region: "",
          name: vrack,
          due: this.#context.after("vrackAttach"),
          body: { projectId, status: "ATTACHING", ...this.#change() },
        }),
      );
    });
  }

  get(vrack: string, projectId: string): VrackAttachmentView {
    return this.#context.read(() => view(this.#records.require(`${vrack}/${projectId}`)));
  }

  ofProject(projectId: string): VrackAttachmentView {
    const found = this.list().find((attachment) => attachment.projectId === projectId);
    if (found !== undefined) return found;
    throw new CloudError(404, "Client::NotFound", `The project ${projectId} is in no vRack`);
  }

  list(): VrackAttachmentView[] {
    return this.#context.read(() => this.#records.list().map(view));
  }

  detach(vrack: string, projectId: string): Begun {
    return this.#context.write(() => {
      const record = this.#records.require(`${vrack}/${projectId}`);
      return begun(
        this.#records.save({
          ...record,
          due: this.#context.after("vrackDetach"),
          body: { ...record.body, status: "DETACHING", ...this.#change() },
        }),
      );
    });
  }

  tasks(vrack: string): VrackTaskView[] {
    this.requireVrack(vrack);
    return this.#context.read(() =>
      this.#records
        .list({ name: vrack })
        .filter(({ body }) => body.status !== "ATTACHED")
        .map(taskOf),
    );
  }

  getTask(vrack: string, id: number): VrackTaskView {
    const found = this.tasks(vrack).find((task) => task.id === id);
    if (found !== undefined) return found;
    throw new CloudError(404, "Client::NotFound", "The requested object (taskId) does not exist");
  }

  #change(): Pick<AttachmentBody, "taskId" | "changedAt"> {
    return {
      taskId: firstTask + this.#context.store.increment("vrack-task"),
      changedAt: this.#context.clock.iso(),
    };
  }
}

function view({ name, body }: StoredRecord<AttachmentBody>): VrackAttachmentView {
  return { vrack: name, projectId: body.projectId, status: body.status };
}

function begun(record: StoredRecord<AttachmentBody>): Begun {
  return { ...view(record), task: taskOf(record) };
}

function taskOf({ name, body }: StoredRecord<AttachmentBody>): VrackTaskView {
  return {
    id: body.taskId ?? firstTask,
    vrack: name,
    projectId: body.projectId,
    function: body.status === "DETACHING" ? "removeCloudProjectFromVrack" : "addCloudProjectToVrack",
    begunAt: body.changedAt ?? new Date(0).toISOString(),
  };
}
