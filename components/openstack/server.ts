import * as openstack from "@pulumi/openstack";
import type { CustomResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
import type { BastionDocument, GuestDocument, GuestRole } from "../../src/machines/document.ts";
import { type DataProtection, dataHolder, ignoreDisplayNames } from "../base/component.ts";
import type { Transform } from "../base/transform.ts";
import type { GuestConfiguration } from "./guest-configuration.ts";
import type { NetworkPart } from "./network-part.ts";

/** One machine, as the plan describes it. */
export interface Machine {
  /** Pulumi name, such as `ps-0`. */
  readonly name: string;
  /** Cloud name of port and machine. */
  readonly cloudName: string;
  /** Cloud flavor, such as `b2-7-flex`: a classic one cannot shrink again. */
  readonly flavor: string;
  /** Cloud image, such as `Debian 12`; looked up by name, taken when the machine is created, never changed afterwards. */
  readonly image: string;
  /** Fixed private address. */
  readonly address: string;
}

/** One machine with its data volume. */
export interface Server extends Machine {
  readonly volume: { readonly cloudName: string; readonly gigabytes: number; readonly type: string };
}

export interface MachineTransforms {
  readonly port?: Transform<openstack.networking.PortArgs>;
  readonly document?: Transform<openstack.objectstorage.ContainerObjectArgs>;
  readonly instance?: Transform<openstack.compute.InstanceArgs>;
}

export interface ServerTransforms extends MachineTransforms {
  readonly volume?: Transform<openstack.blockstorage.VolumeArgs>;
  readonly volumeAttach?: Transform<openstack.compute.VolumeAttachArgs>;
}

export interface MachineNodes {
  readonly port: openstack.networking.Port;
  readonly document: openstack.objectstorage.ContainerObject;
  readonly instance: openstack.compute.Instance;
}

export interface ServerNodes extends MachineNodes {
  readonly volume: openstack.blockstorage.Volume;
  readonly volumeAttach: openstack.compute.VolumeAttach;
}

interface MachineRequest {
  readonly server: Machine;
  readonly role: GuestRole;
  readonly region: string;
  readonly parent: Resource;
  readonly place: NetworkPart;
  readonly securityGroupId: Output<string>;
  readonly configuration: GuestConfiguration;
  readonly document: Input<GuestDocument | BastionDocument>;
  readonly schedulerHints?: openstack.compute.InstanceArgs["schedulerHints"];
  readonly dependsOn: readonly Resource[];
  readonly transform: MachineTransforms | undefined;
}

interface ServerRequest extends MachineRequest {
  readonly server: Server;
  /** The volume is the only place of what lies on it. */
  readonly volumeHoldsData: boolean;
  readonly protection: DataProtection;
  readonly transform: ServerTransforms | undefined;
}

/** The component's own way to create a child, see `Component.child`. */
type CreateChild = <A extends object>(
  name: string,
  args: A,
  transform: Transform<A> | undefined,
  options?: CustomResourceOptions,
) => [name: string, args: A, options: CustomResourceOptions];

/**
 * Port, configuration document and machine, as children of a component.
 *
 * The flavor changes in place (one restart). User data, scheduler hints and port replace the machine; another
 * image id would wipe its disk (OVHcloud renews its public images), so it is ignored.
 * Source: terraform-provider-openstack resource_openstack_compute_instance_v2.go, 1.54.1.
 */
export function createMachine(child: CreateChild, request: MachineRequest): MachineNodes {
  const { server, region, configuration, transform } = request;
  const imageId = openstack.images.getImageOutput(
    { name: server.image, mostRecent: true, region },
    { parent: request.parent },
  ).id;
  const port = new openstack.networking.Port(
    ...child(
      server.name,
      {
        name: server.cloudName,
        region,
        networkId: request.place.network.id,
        adminStateUp: true,
        fixedIps: [{ subnetId: request.place.subnet.id, ipAddress: server.address }],
        securityGroupIds: [request.securityGroupId],
      },
      transform?.port,
      ignoreDisplayNames({ dependsOn: [request.place.routerInterface] }),
    ),
  );
  const document = new openstack.objectstorage.ContainerObject(
    ...child(server.name, configuration.documentArgs(server.name, request.document), transform?.document, {
      additionalSecretOutputs: ["content"],
    }),
  );
  const instance = new openstack.compute.Instance(
    ...child(
      server.name,
      {
        name: server.cloudName,
        region,
        flavorName: server.flavor,
        imageId,
        networks: [{ port: port.id }],
        userData: configuration.userData(server.name, request.role),
        metadata: { "lor-name": server.name, "lor-role": request.role },
        ...(request.schedulerHints === undefined ? {} : { schedulerHints: request.schedulerHints }),
      },
      transform?.instance,
      {
        // Its port is in use until it is gone.
        deleteBeforeReplace: true,
        // The metadata is for people: a machine that was adopted has none.
        ignoreChanges: ["imageId", "metadata"],
        additionalSecretOutputs: ["userData"],
        dependsOn: [document, ...request.dependsOn],
      },
    ),
  );
  return { port, document, instance };
}

/** A machine with its data volume. */
export function createServer(child: CreateChild, request: ServerRequest): ServerNodes {
  const { server, region, transform } = request;
  const machine = createMachine(child, request);
  const volumeOptions = request.volumeHoldsData
    ? dataHolder(request.protection, ignoreDisplayNames())
    : ignoreDisplayNames();
  const volume = new openstack.blockstorage.Volume(
    ...child(
      `${server.name}-data`,
      {
        name: server.volume.cloudName,
        description: server.volume.cloudName,
        region,
        size: server.volume.gigabytes,
        volumeType: server.volume.type,
        enableOnlineResize: true,
      },
      transform?.volume,
      volumeOptions,
    ),
  );
  const volumeAttach = new openstack.compute.VolumeAttach(
    ...child(
      `${server.name}-data`,
      { instanceId: machine.instance.id, volumeId: volume.id, region },
      transform?.volumeAttach,
      // A volume is attached once at a time.
      { deleteBeforeReplace: true },
    ),
  );
  return { ...machine, volume, volumeAttach };
}
