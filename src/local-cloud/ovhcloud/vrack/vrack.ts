import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { OvhVrackApi, VrackAttachmentView } from "./types.ts";

interface AttachmentBody {
  readonly projectId: string;
  readonly status: VrackAttachmentView["status"];
}

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

  attach(vrack: string, projectId: string): VrackAttachmentView {
    return this.#context.write(() => {
      if (!/^pn-\d+$/.test(vrack) || projectId !== this.#projectId) {
        throw new CloudError(
          404,
          "Client::NotFound",
          `This service does not exist (vRack ${vrack}, project ${projectId})`,
        );
      }
      const other = this.#records.list()[0];
      if (other !== undefined) {
        throw new CloudError(409, "Client::Conflict", `The project ${projectId} is already in the vRack ${other.name}`);
      }
      return view(
        this.#records.insert({
          id: `${vrack}/${projectId}`,
          region: "",
          name: vrack,
          due: this.#context.after("vrackAttach"),
          body: { projectId, status: "ATTACHING" },
        }),
      );
    });
  }

  get(vrack: string, projectId: string): VrackAttachmentView {
    return this.#context.read(() => view(this.#records.require(`${vrack}/${projectId}`)));
  }

  list(): VrackAttachmentView[] {
    return this.#context.read(() => this.#records.list().map(view));
  }

  detach(vrack: string, projectId: string): void {
    this.#context.write(() => {
      const record = this.#records.require(`${vrack}/${projectId}`);
      this.#records.save({
        ...record,
        due: this.#context.after("vrackDetach"),
        body: { ...record.body, status: "DETACHING" },
      });
    });
  }
}

function view(record: StoredRecord<AttachmentBody>): VrackAttachmentView {
  return { vrack: record.name, ...record.body };
}
