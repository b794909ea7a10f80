import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { needText, textOf } from "../../provider/value-readers.ts";
import { waitFor, waitUntilGone } from "../../provider/waiting.ts";
import type { Values } from "../../provider/wire-values.ts";
import { importParts } from "../import-id.ts";

/** ovh:Vrack/cloudProject:CloudProject; imported by `vrack/project`. */
export class VrackAttachmentAdapter implements ResourceAdapter {
  readonly service = "ovh-vrack";
  readonly inputs = ["serviceName", "projectId"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const vrack = needText(inputs, "serviceName");
    const projectId = textOf(inputs, "projectId") ?? this.#cloud.keystone.projectId;
    this.#cloud.ovhVrack.attach(vrack, projectId);
    await call.accepted(idOf(vrack, projectId));
    await waitFor(this.#cloud, call, () => this.#cloud.ovhVrack.get(vrack, projectId), {
      what: "vrack attachment",
      id: idOf(vrack, projectId),
      statusOf: (attachment) => attachment.status,
      pending: ["ATTACHING"],
      target: ["ATTACHED"],
    });
    return this.#observe(vrack, projectId);
  }

  async read(id: string, known: Values): Promise<Observed> {
    if (Object.keys(known).length > 0)
      return this.#observe(needText(known, "serviceName"), needText(known, "projectId"));
    const parts = importParts(id, ["vrack", "project"]);
    return this.#observe(parts.vrack ?? "", parts.project ?? "");
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    const vrack = needText(known, "serviceName");
    const projectId = needText(known, "projectId");
    this.#cloud.ovhVrack.detach(vrack, projectId);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => this.#cloud.ovhVrack.get(vrack, projectId));
  }

  #observe(vrack: string, projectId: string): Observed {
    const attachment = this.#cloud.ovhVrack.get(vrack, projectId);
    return {
      id: idOf(attachment.vrack, attachment.projectId),
      state: { serviceName: attachment.vrack, projectId: attachment.projectId },
    };
  }
}

function idOf(vrack: string, projectId: string): string {
  return `vrack_${vrack}-cloudproject_${projectId}`;
}
