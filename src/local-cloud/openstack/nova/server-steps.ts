import type { CloudContext } from "../../kernel/context.ts";
import type { LatencyName } from "../../kernel/latency.ts";
import type { Volumes } from "../cinder/volumes.ts";
import type { Ports } from "../neutron/ports.ts";
import type { NovaRecords, ServerBody, ServerRecord, ServerStep } from "./server-records.ts";

/** Transitions of servers: begins each one, and ends it at its deadline. */
export class ServerSteps {
  readonly #context: CloudContext;
  readonly #records: NovaRecords;
  readonly #ports: Ports;
  readonly #volumes: Volumes;

  constructor(context: CloudContext, records: NovaRecords, ports: Ports, volumes: Volumes) {
    this.#context = context;
    this.#records = records;
    this.#ports = ports;
    this.#volumes = volumes;
    context.onDue<ServerBody>("server", (record) => this.#end(record));
  }

  begin(record: ServerRecord, step: ServerStep, latency: LatencyName, body: Partial<ServerBody>): ServerRecord {
    return this.#records.servers.save({
      ...record,
      due: this.#context.after(latency),
      body: { ...record.body, updatedAt: this.#context.clock.iso(), ...body, step },
    });
  }

  #end(record: ServerRecord): void {
    const at = record.due ?? this.#context.clock.now();
    if (record.body.step === "delete") {
      this.remove(record);
      return;
    }
    const body: ServerBody = {
      ...record.body,
      ...(record.body.failure === undefined ? this.#outcome(record.body, at) : this.#failed(record.body, at)),
      failure: undefined,
      taskState: undefined,
      updatedAt: this.#context.clock.iso(at),
    };
    // The guest is still booting when Nova reports ACTIVE: its readiness is a deadline of its own, so that waiters are notified.
    const starting = body.guestReadyAt !== undefined && body.guestReadyAt > at;
    this.#records.servers.save({
      ...record,
      due: starting ? body.guestReadyAt : undefined,
      body: { ...body, step: starting ? "guest" : undefined },
    });
  }

  #outcome(body: ServerBody, at: number): Partial<ServerBody> {
    const booted = at + this.#context.duration("guestBoot");
    switch (body.step) {
      case "build":
        return {
          status: "ACTIVE",
          launchedAt: this.#context.clock.iso(at),
          guestReadyAt: at + this.#context.duration("guestFirstBoot"),
        };
      case "rebuild":
        return { status: "ACTIVE", guestReadyAt: at + this.#context.duration("guestFirstBoot"), fault: undefined };
      case "resize":
        return {
          status: "VERIFY_RESIZE",
          flavorId: body.newFlavorId ?? body.flavorId,
          oldFlavorId: body.flavorId,
          newFlavorId: undefined,
          host: body.otherHost ?? body.host,
          otherHost: body.host,
          guestReadyAt: booted,
        };
      case "confirm":
        return { status: "ACTIVE", oldFlavorId: undefined, otherHost: undefined, resizedAt: at };
      case "revert":
        return {
          status: "ACTIVE",
          flavorId: body.oldFlavorId ?? body.flavorId,
          oldFlavorId: undefined,
          host: body.otherHost ?? body.host,
          otherHost: undefined,
          resizedAt: at,
          guestReadyAt: booted,
        };
      case "start":
      case "reboot":
        return { status: "ACTIVE", guestReadyAt: booted };
      case "stop":
        return { status: "SHUTOFF", guestReadyAt: undefined };
      default:
        return {};
    }
  }

  #failed(body: ServerBody, at: number): Partial<ServerBody> {
    const fault = { code: 500, message: body.failure?.message ?? "" };
    const undone = { newFlavorId: undefined, otherHost: undefined, fault };
    return body.failure?.end === "rollback"
      ? { ...undone, status: "ACTIVE", guestReadyAt: at + this.#context.duration("guestBoot") }
      : { ...undone, status: "ERROR", guestReadyAt: undefined };
  }

  /** Deletes a server and the ports that it created; detaches the ports and volumes that it was given. */
  remove(record: ServerRecord): void {
    for (const { id, own } of record.body.ports) {
      if (own) {
        this.#ports.discard(id);
      } else {
        this.#ports.detach(id);
      }
    }
    this.#volumes.release(record.id);
    this.#records.servers.remove(record.id);
  }
}
