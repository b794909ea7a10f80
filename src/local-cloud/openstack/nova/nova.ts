import type { CloudContext } from "../../kernel/context.ts";
import type { Volumes } from "../cinder/volumes.ts";
import type { Images } from "../glance/images.ts";
import type { Neutron } from "../neutron/neutron.ts";
import { Flavors } from "./flavors.ts";
import { Keypairs } from "./keypairs.ts";
import { Scheduler } from "./scheduler.ts";
import { ServerGroups } from "./server-groups.ts";
import { NovaRecords } from "./server-records.ts";
import { ServerSteps } from "./server-steps.ts";
import { Servers } from "./servers.ts";
import { VolumeAttachments } from "./volume-attachments.ts";

/** OpenStack's compute service; see BEHAVIOUR.md. */
export class Nova {
  readonly servers: Servers;
  readonly serverGroups: ServerGroups;
  readonly keypairs: Keypairs;
  readonly volumeAttachments: VolumeAttachments;
  readonly flavors: Flavors;

  constructor(context: CloudContext, neutron: Neutron, volumes: Volumes, images: Images) {
    const records = new NovaRecords(context);
    this.flavors = new Flavors(context);
    this.servers = new Servers({
      context,
      records,
      neutron,
      volumes,
      flavors: this.flavors,
      images,
      scheduler: new Scheduler(context, records),
      steps: new ServerSteps(context, records, neutron.ports, volumes),
    });
    this.serverGroups = new ServerGroups(context, records);
    this.keypairs = new Keypairs(context, records);
    this.volumeAttachments = new VolumeAttachments(context, records, volumes);
  }
}
