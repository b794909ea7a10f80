import type { CloudContext } from "../../kernel/context.ts";
import { given } from "../../kernel/records.ts";
import type { Volumes } from "../cinder/volumes.ts";
import type { Images } from "../glance/images.ts";
import type { Neutron } from "../neutron/neutron.ts";
import type { Flavors } from "./flavors.ts";
import type { Scheduler } from "./scheduler.ts";
import { badRequest, chooseImage, conflict, requireServerQuota } from "./server-checks.ts";
import { ServerPorts } from "./server-ports.ts";
import type { NovaRecords, ServerBody, ServerRecord } from "./server-records.ts";
import type { ServerSteps } from "./server-steps.ts";
import { ServerViews } from "./server-view.ts";
import type { CreateServerArgs, FlavorView, ServersApi, ServerView, UpdateServerArgs } from "./types.ts";

/** Names of states in Nova's error messages. */
const vmStates: Readonly<Record<ServerBody["status"], string>> = {
  BUILD: "building",
  ACTIVE: "active",
  SHUTOFF: "stopped",
  RESIZE: "active",
  VERIFY_RESIZE: "resized",
  REVERT_RESIZE: "resized",
  REBUILD: "active",
  ERROR: "error",
};

/** The only one of a region. */
const availabilityZone = "nova";

export class Servers implements ServersApi {
  readonly #context: CloudContext;
  readonly #records: NovaRecords;
  readonly #neutron: Neutron;
  readonly #flavors: Flavors;
  readonly #images: Images;
  readonly #scheduler: Scheduler;
  readonly #steps: ServerSteps;
  readonly #ports: ServerPorts;
  readonly #views: ServerViews;

  constructor(parts: {
    context: CloudContext;
    records: NovaRecords;
    neutron: Neutron;
    volumes: Volumes;
    flavors: Flavors;
    images: Images;
    scheduler: Scheduler;
    steps: ServerSteps;
  }) {
    this.#context = parts.context;
    this.#records = parts.records;
    this.#neutron = parts.neutron;
    this.#flavors = parts.flavors;
    this.#images = parts.images;
    this.#scheduler = parts.scheduler;
    this.#steps = parts.steps;
    this.#ports = new ServerPorts(parts.neutron);
    this.#views = new ServerViews(parts.neutron, parts.volumes, parts.flavors, parts.images);
  }

  create(args: CreateServerArgs): ServerView {
    const region = this.#neutron.records.enterRegion(args.region);
    return this.#context.write(() => {
      const flavor = this.#flavors.choose(region, args);
      if (args.availabilityZone !== undefined && args.availabilityZone !== availabilityZone) {
        throw badRequest("The requested availability zone is not available");
      }
      const imageId = chooseImage(this.#images, region, args);
      if (args.keyName !== undefined && this.#records.keypairs.find(`${region}/${args.keyName}`) === undefined) {
        throw badRequest("Invalid key_name provided.");
      }
      if (args.serverGroupId !== undefined && this.#records.groups.find(args.serverGroupId)?.region !== region) {
        throw badRequest(`Server group ${args.serverGroupId} could not be found.`);
      }
      this.#ports.check(region, args);
      this.#requireQuota(region, flavor);
      const placement = this.#scheduler.placeNew(region, args.serverGroupId);
      const failure = "failure" in placement ? placement.failure : this.#orderedFailure();
      const id = this.#context.uuid("server", region, args.name);
      const now = this.#context.clock.iso();
      const ports = this.#ports.take(region, id, args);
      const record = this.#records.servers.insert({
        id,
        region,
        name: args.name,
        due: this.#context.after(failure === undefined ? "serverCreate" : "serverScheduleFailure"),
        body: {
          status: "BUILD",
          taskState: failure === undefined ? "spawning" : "scheduling",
          flavorId: flavor.id,
          oldFlavorId: undefined,
          newFlavorId: undefined,
          imageId,
          keyName: args.keyName,
          userData: args.userData,
          metadata: { ...args.metadata },
          ports,
          serverGroupId: args.serverGroupId,
          host: "host" in placement ? placement.host : "",
          otherHost: undefined,
          availabilityZone,
          fault: undefined,
          guestReadyAt: undefined,
          resizedAt: undefined,
          step: "build",
          failure: failure === undefined ? undefined : { message: failure, end: "error" },
          createdAt: now,
          updatedAt: now,
        },
      });
      return this.#views.of(record);
    });
  }

  #requireQuota(region: string, flavor: FlavorView, old?: FlavorView): void {
    const existing = this.#records.servers.list({ region }).map(({ body }) => this.#flavors.get(body.flavorId));
    requireServerQuota(this.#context, region, existing, flavor, old);
  }

  #orderedFailure(): string | undefined {
    return this.#context.injected("error-state")
      ? "Unexpected error while running the command (ordered fault)"
      : undefined;
  }

  get(id: string): ServerView {
    return this.#context.read(() => this.#views.of(this.#records.servers.require(id)));
  }

  list(filter: Parameters<ServersApi["list"]>[0] = {}): ServerView[] {
    const { namePrefix, ...exact } = filter;
    return this.#context.read(() =>
      this.#records.servers
        .list(exact)
        .filter(({ name }) => namePrefix === undefined || name.startsWith(namePrefix))
        .map((record) => this.#views.of(record)),
    );
  }

  update(id: string, args: UpdateServerArgs): ServerView {
    return this.#context.write(() => {
      const record = this.#records.servers.require(id);
      const { name, ...rest } = given(args);
      const body = { ...record.body, ...rest, updatedAt: this.#context.clock.iso() };
      return this.#views.of(this.#records.servers.save({ ...record, name: name ?? record.name, body }));
    });
  }

  resize(id: string, wanted: { flavorId?: string | undefined; flavorName?: string | undefined }): ServerView {
    return this.#context.write(() => {
      const record = this.#require(id, "resize", ["ACTIVE", "SHUTOFF"]);
      const old = this.#flavors.get(record.body.flavorId);
      const flavor = this.#flavors.choose(record.region, wanted);
      if (flavor.id === old.id) {
        throw badRequest("When resizing, instances must change flavor!");
      }
      this.#requireQuota(record.region, flavor, old);
      if (this.#context.injected("out-of-stock")) {
        throw badRequest("No valid host was found. No valid host found for resize");
      }
      const placement = this.#scheduler.placeResized(record);
      const failure = this.#resizeFailure(old, flavor, placement);
      return this.#views.of(
        this.#steps.begin(record, "resize", failure?.end === "error" ? "serverScheduleFailure" : "serverResize", {
          status: "RESIZE",
          taskState: "resize_migrating",
          newFlavorId: flavor.id,
          otherHost: "host" in placement && placement.host !== record.body.host ? placement.host : undefined,
          fault: undefined,
          guestReadyAt: undefined,
          failure,
        }),
      );
    });
  }

  #resizeFailure(
    old: FlavorView,
    flavor: FlavorView,
    placement: ReturnType<Scheduler["placeResized"]>,
  ): ServerBody["failure"] {
    if ("failure" in placement) {
      return { message: placement.failure, end: "error" };
    }
    const ordered = this.#orderedFailure();
    if (ordered !== undefined) {
      return { message: ordered, end: "error" };
    }
    return flavor.disk < old.disk
      ? { message: "Resize error: Unable to resize disk down.", end: "rollback" }
      : undefined;
  }

  confirmResize(id: string): ServerView {
    return this.#context.write(() =>
      this.#views.of(
        this.#steps.begin(this.#require(id, "confirmResize", ["VERIFY_RESIZE"]), "confirm", "serverConfirmResize", {
          taskState: "resize_confirming",
        }),
      ),
    );
  }

  revertResize(id: string): ServerView {
    return this.#context.write(() =>
      this.#views.of(
        this.#steps.begin(this.#require(id, "revertResize", ["VERIFY_RESIZE"]), "revert", "serverRevertResize", {
          status: "REVERT_RESIZE",
          taskState: "resize_reverting",
          guestReadyAt: undefined,
        }),
      ),
    );
  }

  resetState(id: string, state: "active" | "error"): ServerView {
    return this.#context.write(() => {
      const record = this.#records.servers.require(id);
      if (state === "error") {
        const body = {
          ...record.body,
          status: "ERROR" as const,
          taskState: undefined,
          step: undefined,
          guestReadyAt: undefined,
        };
        return this.#views.of(this.#records.servers.save({ ...record, due: undefined, body }));
      }
      // The machine itself was never stopped by a resize that found no host: its guest answers again after a start.
      const guestReadyAt = record.body.host === "" ? undefined : this.#context.after("guestBoot");
      const body = { ...record.body, status: "ACTIVE" as const, taskState: undefined, fault: undefined, guestReadyAt };
      return this.#views.of(
        this.#records.servers.save({
          ...record,
          due: guestReadyAt,
          body: { ...body, step: guestReadyAt === undefined ? undefined : "guest" },
        }),
      );
    });
  }

  rebuild(id: string, image: { imageId?: string | undefined; imageName?: string | undefined }): ServerView {
    return this.#context.write(() => {
      const record = this.#require(id, "rebuild", ["ACTIVE", "SHUTOFF", "ERROR"]);
      const imageId = chooseImage(this.#images, record.region, image);
      return this.#views.of(
        this.#steps.begin(record, "rebuild", "serverRebuild", {
          status: "REBUILD",
          taskState: "rebuilding",
          imageId,
          guestReadyAt: undefined,
        }),
      );
    });
  }

  start(id: string): ServerView {
    return this.#context.write(() =>
      this.#views.of(
        this.#steps.begin(this.#require(id, "start", ["SHUTOFF"]), "start", "serverStart", {
          taskState: "powering-on",
        }),
      ),
    );
  }

  stop(id: string): ServerView {
    return this.#context.write(() =>
      this.#views.of(
        this.#steps.begin(this.#require(id, "stop", ["ACTIVE"]), "stop", "serverStop", {
          taskState: "powering-off",
          guestReadyAt: undefined,
        }),
      ),
    );
  }

  reboot(id: string): ServerView {
    return this.#context.write(() =>
      this.#views.of(
        this.#steps.begin(this.#require(id, "reboot", ["ACTIVE", "SHUTOFF"]), "reboot", "serverStart", {
          taskState: "rebooting",
          guestReadyAt: undefined,
        }),
      ),
    );
  }

  delete(id: string): void {
    this.#context.write(() => {
      const record = this.#records.servers.require(id);
      if (record.body.step !== "delete") {
        this.#steps.begin(record, "delete", "serverDelete", { taskState: "deleting", guestReadyAt: undefined });
      }
    });
  }

  /** The server, at rest in one of these states; Nova's conflict otherwise. */
  #require(id: string, action: string, accepted: readonly ServerBody["status"][]): ServerRecord {
    const record = this.#records.servers.require(id);
    const { status, taskState } = record.body;
    if (!accepted.includes(status)) {
      throw conflict(`Cannot '${action}' instance ${id} while it is in vm_state ${vmStates[status]}`);
    }
    if (taskState !== undefined) {
      throw conflict(`Cannot '${action}' instance ${id} while it is in task_state ${taskState}`);
    }
    return record;
  }
}
