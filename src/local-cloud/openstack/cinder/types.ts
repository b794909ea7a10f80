export type VolumeStatus =
  | "creating"
  | "available"
  | "attaching"
  | "in-use"
  | "detaching"
  | "extending"
  | "deleting"
  | "error";

export interface VolumeView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly description: string;
  /** GB. */
  readonly size: number;
  readonly volumeType: string;
  readonly status: VolumeStatus;
  readonly availabilityZone: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly attachments: readonly { readonly serverId: string; readonly device: string }[];
  readonly createdAt: string;
}

export interface CreateVolumeArgs {
  readonly region?: string | undefined;
  readonly name: string;
  readonly description?: string | undefined;
  /** GB. */
  readonly size: number;
  /** Default `classic`. */
  readonly volumeType?: string | undefined;
  readonly availabilityZone?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface VolumesApi {
  create(args: CreateVolumeArgs): VolumeView;
  get(id: string): VolumeView;
  list(filter?: { region?: string | undefined; name?: string | undefined }): VolumeView[];
  update(
    id: string,
    args: {
      name?: string | undefined;
      description?: string | undefined;
      metadata?: Readonly<Record<string, string>> | undefined;
    },
  ): VolumeView;
  /** Grows only; `online` (enableOnlineResize) is needed while it is attached. */
  extend(id: string, size: number, online?: boolean): VolumeView;
  delete(id: string): void;
}
