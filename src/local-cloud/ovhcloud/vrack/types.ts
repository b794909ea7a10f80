export interface VrackAttachmentView {
  /** `pn-…`. */
  readonly vrack: string;
  readonly projectId: string;
  readonly status: "ATTACHING" | "ATTACHED" | "DETACHING";
}

export interface OvhVrackApi {
  attach(vrack: string, projectId: string): VrackAttachmentView;
  get(vrack: string, projectId: string): VrackAttachmentView;
  list(): VrackAttachmentView[];
  detach(vrack: string, projectId: string): void;
}
