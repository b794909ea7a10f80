export interface VrackAttachmentView {
  /** `pn-…`. */
  readonly vrack: string;
  readonly projectId: string;
  readonly status: "ATTACHING" | "ATTACHED" | "DETACHING";
}

/** A change of a vRack that goes on; it is gone when it has ended. */
export interface VrackTaskView {
  readonly id: number;
  readonly vrack: string;
  readonly projectId: string;
  readonly function: "addCloudProjectToVrack" | "removeCloudProjectFromVrack";
  readonly begunAt: string;
}

export interface OvhVrackApi {
  /** @throws CloudError 404 for a vRack that one does not own */
  requireVrack(vrack: string): { readonly vrack: string };
  attach(vrack: string, projectId: string): VrackAttachmentView & { readonly task: VrackTaskView };
  get(vrack: string, projectId: string): VrackAttachmentView;
  /** The vRack that a project is in. @throws CloudError 404 when it is in none */
  ofProject(projectId: string): VrackAttachmentView;
  list(): VrackAttachmentView[];
  detach(vrack: string, projectId: string): VrackAttachmentView & { readonly task: VrackTaskView };
  /** What goes on in a vRack. */
  tasks(vrack: string): VrackTaskView[];
  /** @throws CloudError 404 when it has ended */
  getTask(vrack: string, id: number): VrackTaskView;
}
