export type ServerStatus =
  | "BUILD"
  | "ACTIVE"
  | "SHUTOFF"
  | "RESIZE"
  | "VERIFY_RESIZE"
  | "REVERT_RESIZE"
  | "REBUILD"
  | "ERROR";

export interface FlavorView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly vcpus: number;
  /** MB. */
  readonly ram: number;
  /** System disk, GB. */
  readonly disk: number;
  readonly available: boolean;
  /** Price codes in OVHcloud's catalogue. */
  readonly planCodes: { readonly hourly: string; readonly monthly: string | undefined };
}

export interface ServerAddress {
  readonly networkId: string;
  readonly networkName: string;
  readonly subnetId: string;
  readonly portId: string;
  readonly address: string;
  readonly macAddress: string;
}

export interface ServerView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly status: ServerStatus;
  /** `spawning`, `resize_migrating`, `resize_confirming`, `deleting`…; undefined at rest. */
  readonly taskState: string | undefined;
  /** The flavor in force: the new one from VERIFY_RESIZE on, the old one again after a revert. */
  readonly flavor: FlavorView;
  readonly imageId: string;
  readonly imageName: string;
  readonly keyName: string | undefined;
  /** As given at creation, decoded. */
  readonly userData: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly addresses: readonly ServerAddress[];
  /** Ids of the security groups of its first port. */
  readonly securityGroupIds: readonly string[];
  readonly volumeIds: readonly string[];
  readonly serverGroupId: string | undefined;
  /** Physical host, `host-1`…; only administrators see it in the real service. */
  readonly host: string;
  readonly availabilityZone: string;
  /** Nova's fault: present in ERROR, and after a resize that was rolled back. */
  readonly fault: { readonly code: number; readonly message: string } | undefined;
  /** When the guest has finished starting, milliseconds of the cloud's clock; undefined while it is not running. */
  readonly guestReadyAt: number | undefined;
  readonly createdAt: string;
  /** First start; undefined until a build has succeeded. */
  readonly launchedAt: string | undefined;
  readonly updatedAt: string;
}

export interface CreateServerArgs {
  readonly region?: string | undefined;
  readonly name: string;
  /** One of flavorId, flavorName. */
  readonly flavorId?: string | undefined;
  readonly flavorName?: string | undefined;
  /** One of imageId, imageName. */
  readonly imageId?: string | undefined;
  readonly imageName?: string | undefined;
  readonly networks: readonly ServerNetwork[];
  readonly keyName?: string | undefined;
  /** Plain text; never journaled. */
  readonly userData?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Names or ids, for ports that Nova makes itself; a given port keeps its own. */
  readonly securityGroups?: readonly string[] | undefined;
  readonly serverGroupId?: string | undefined;
  readonly availabilityZone?: string | undefined;
}

export interface ServerNetwork {
  /** An existing port… */
  readonly portId?: string | undefined;
  /** …or a network, with a chosen or an automatic address. */
  readonly networkId?: string | undefined;
  readonly fixedIp?: string | undefined;
}

export interface UpdateServerArgs {
  readonly name?: string | undefined;
  /** Replaces all metadata. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface ServersApi {
  /** Accepted at once in BUILD; ACTIVE (or ERROR) later. Errors: unknown flavor, image, network, port in use, quota. */
  create(args: CreateServerArgs): ServerView;
  get(id: string): ServerView;
  /** By exact name or by prefix; all regions unless one is given. */
  list(filter?: {
    region?: string | undefined;
    name?: string | undefined;
    namePrefix?: string | undefined;
  }): ServerView[];
  update(id: string, args: UpdateServerArgs): ServerView;
  /** RESIZE, then VERIFY_RESIZE, which waits for confirm or revert. A smaller disk is accepted and rolled back: ACTIVE, old flavor, fault set. */
  resize(id: string, flavor: { flavorId?: string | undefined; flavorName?: string | undefined }): ServerView;
  confirmResize(id: string): ServerView;
  revertResize(id: string): ServerView;
  /** os-resetState. */
  resetState(id: string, state: "active" | "error"): ServerView;
  /** Wipes the system disk. */
  rebuild(id: string, image: { imageId?: string | undefined; imageName?: string | undefined }): ServerView;
  start(id: string): ServerView;
  stop(id: string): ServerView;
  reboot(id: string): ServerView;
  /** Gone later: `get` then throws 404. */
  delete(id: string): void;
}

export interface ServerGroupView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly policy: ServerGroupPolicy;
  readonly members: readonly string[];
}

export type ServerGroupPolicy = "affinity" | "anti-affinity" | "soft-affinity" | "soft-anti-affinity";

export interface ServerGroupsApi {
  create(args: { region?: string | undefined; name: string; policy: string }): ServerGroupView;
  get(id: string): ServerGroupView;
  list(filter?: { region?: string | undefined; name?: string | undefined }): ServerGroupView[];
  delete(id: string): void;
}

export interface KeypairView {
  /** Its id too. */
  readonly name: string;
  readonly region: string;
  readonly publicKey: string;
  /** MD5, colon separated. */
  readonly fingerprint: string;
  readonly userId: string;
}

export interface KeypairsApi {
  create(args: { region?: string | undefined; name: string; publicKey: string }): KeypairView;
  get(name: string, region?: string): KeypairView;
  list(filter?: { region?: string | undefined }): KeypairView[];
  delete(name: string, region?: string): void;
}

export interface VolumeAttachmentView {
  /** The volume's id, as in Nova. */
  readonly id: string;
  readonly serverId: string;
  readonly volumeId: string;
  readonly device: string;
  readonly region: string;
}

export interface VolumeAttachmentsApi {
  /** Accepted at once; the volume goes attaching -> in-use. */
  create(args: { serverId: string; volumeId: string; device?: string | undefined }): VolumeAttachmentView;
  get(serverId: string, volumeId: string): VolumeAttachmentView;
  list(serverId: string): VolumeAttachmentView[];
  /** The volume goes detaching -> available. */
  delete(serverId: string, volumeId: string): void;
}

export interface FlavorsApi {
  get(id: string): FlavorView;
  find(name: string, region?: string): FlavorView;
  list(filter?: { region?: string | undefined; nameFilter?: string | undefined }): FlavorView[];
}
