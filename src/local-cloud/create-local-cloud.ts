import { host } from "../os/host.ts";
import { GuestCopies } from "./guests/copies/guest-copies.ts";
import { FrontHealths } from "./guests/front-health/front-health.ts";
import { CloudClock } from "./kernel/clock.ts";
import { CloudError, ConnectionDropped } from "./kernel/cloud-error.ts";
import { CloudContext, type CurrentCall, idOf } from "./kernel/context.ts";
import { Faults } from "./kernel/faults.ts";
import { type CallInfo, Journal } from "./kernel/journal.ts";
import { Store } from "./kernel/store.ts";
import type { CallReport, LocalCloud, LocalCloudOptions } from "./local-cloud.ts";
import { Secrets } from "./openstack/barbican/secrets.ts";
import { Volumes } from "./openstack/cinder/volumes.ts";
import { Images } from "./openstack/glance/images.ts";
import { Keystone, projectId } from "./openstack/keystone/keystone.ts";
import { Neutron } from "./openstack/neutron/neutron.ts";
import { Nova } from "./openstack/nova/nova.ts";
import { Octavia } from "./openstack/octavia/octavia.ts";
import { quotaOf } from "./openstack/quotas.ts";
import { Restrictions } from "./openstack/restrictions.ts";
import { Containers } from "./openstack/swift/containers.ts";
import { Objects } from "./openstack/swift/objects.ts";
import { SwiftRecords } from "./openstack/swift/swift-records.ts";
import { OvhBackups } from "./ovhcloud/backups/backups.ts";
import { OvhDatabases } from "./ovhcloud/databases/databases.ts";
import { OvhLoadBalancers } from "./ovhcloud/load-balancers/load-balancers.ts";
import { OvhStorage } from "./ovhcloud/storage/storage.ts";
import { OvhUsers } from "./ovhcloud/users/users.ts";
import { OvhVrack } from "./ovhcloud/vrack/vrack.ts";
import { OvhZones } from "./ovhcloud/zones/zones.ts";

const defaultScale = 100;
const defaultHosts = 8;
/** Seconds of the real world that a wait may take. */
const defaultTimeout = 3600;

/** Opens the cloud kept in a file, or makes a new one. What was due while nobody had it open happens at the first call. */
export function createLocalCloud(options: LocalCloudOptions): LocalCloud {
  const scale = options.scale ?? defaultScale;
  if (!(scale > 0)) {
    throw new RangeError(`the scale is a number above 0, not ${scale}`);
  }
  const store = new Store(options.databasePath);
  const clock = new CloudClock(store, { mode: options.clock, wall: options.wall });
  const faults = new Faults(store, () => context.changed());
  const journal = new Journal(store);
  const context: CloudContext = new CloudContext({
    store,
    clock,
    faults,
    journal,
    scale,
    hosts: options.hosts ?? defaultHosts,
    machine: options.machine ?? host(),
  });

  const ovhVrack = new OvhVrack(context, projectId);
  const neutron = new Neutron(context, () => ovhVrack.isAttached());
  const cinder = { volumes: new Volumes(context) };
  const glance = { images: new Images(context) };
  const barbican = { secrets: new Secrets(context) };
  const nova = new Nova(context, neutron, cinder.volumes, glance.images);
  const swiftRecords = new SwiftRecords(context);
  const swift = { containers: new Containers(swiftRecords), objects: new Objects(swiftRecords, projectId) };
  const elsewhere = options.openstackElsewhere === true;
  const ovhDatabases = new OvhDatabases(context, neutron, { elsewhere });
  const ovhUsers = new OvhUsers(context, projectId);
  const octavia: Octavia = new Octavia(context, neutron, barbican.secrets, (address, from) => health.of(address, from));
  const health = new FrontHealths({
    context,
    neutron,
    nova,
    octavia,
    databases: ovhDatabases,
    objects: swift.objects,
  });
  const calls = new Calls(context);
  return {
    nova,
    neutron,
    octavia,
    cinder,
    swift,
    barbican,
    glance,
    keystone: new Keystone(context, ovhUsers),
    ovhDatabases,
    ovhStorage: new OvhStorage(context),
    ovhLoadBalancers: new OvhLoadBalancers(context, neutron, octavia),
    ovhVrack,
    ovhBackups: new OvhBackups(context, elsewhere ? undefined : nova),
    ovhUsers,
    ovhZones: new OvhZones(context),
    guestCopies: new GuestCopies(context, nova, swift.objects),
    frontHealth: (address, from) => health.of(address, from),
    useBootedGuests: (booted) => {
      health.useBooted(booted);
      return () => health.forget();
    },
    nextHealthChange: () => health.nextChange(),
    reach: health.reach,
    restrictions: new Restrictions(context),
    quota: (region, name) => quotaOf(context, region, name),
    context,
    store,
    clock,
    faults,
    journal,
    scale,
    perform: (call, work) => calls.perform(call, work),
    waitUntil: (probe, wait) => calls.waitUntil(probe, wait),
    retryWhile: (work, wait) => calls.retryWhile(work, wait),
    sleep: (seconds, signal) => calls.sleep(seconds, signal),
    advance: () => context.advance(),
    onChange: (listener) => context.onChange(listener),
    reset: () => {
      const epoch = Number(store.setting("epoch") ?? "0") + 1;
      faults.release();
      store.transaction(() => {
        store.clear();
        // Ids of the forgotten resources never come back: a state file that still names them finds nothing.
        store.setSetting("epoch", String(epoch));
      });
      clock.keep();
      faults.clear();
      context.changed();
    },
    close: () => {
      context.close();
      store.close();
    },
  };
}

type WaitOptions = Parameters<LocalCloud["waitUntil"]>[1];

/** Carries out API calls (journal, faults, answer) and the waits of resource adapters. */
class Calls {
  readonly #context: CloudContext;

  constructor(context: CloudContext) {
    this.#context = context;
  }

  async perform<T>(call: CallInfo, work: (report: CallReport) => T | Promise<T>): Promise<T> {
    const { journal, faults, clock, machine } = this.#context;
    const began = machine.monotonic();
    const seq = journal.begin(call, clock.now());
    const fault = faults.take(call);
    const effect = fault?.effect;
    const current: CurrentCall = { seq, operation: call.operation, effect, accepted: false, id: undefined };
    const hold = (stage: "before" | "after"): Promise<void> =>
      faults.hold({ seq, faultId: fault?.id ?? 0, call, stage });
    let reported = false;
    const accepted = async (id?: string): Promise<void> => {
      if (reported) {
        return;
      }
      reported = true;
      // The change itself has noted it already, unless the adapter knows a better id or nothing was changed.
      if (!current.accepted || id !== current.id) {
        journal.mark(seq, "accepted", { id });
      }
      if (effect?.kind === "hold") {
        await hold("after");
      } else if (effect?.kind === "drop-after-accept") {
        throw new ConnectionDropped();
      }
    };
    try {
      if (effect?.kind === "fail") {
        throw new CloudError(
          effect.status ?? 500,
          "OrderedFault",
          effect.message ?? "Internal Server Error (ordered fault)",
        );
      }
      if (effect?.kind === "slow") {
        await this.sleep(effect.seconds);
      } else if (effect?.kind === "hold-before") {
        await hold("before");
      }
      const result = await this.#context.during(current, () => this.#context.read(() => work({ accepted })));
      await accepted(idOf(result));
      journal.mark(seq, "ok", { duration: machine.monotonic() - began });
      return result;
    } catch (error) {
      journal.mark(seq, outcomeOf(error), { duration: machine.monotonic() - began });
      throw error;
    }
  }

  async waitUntil<T>(probe: () => T | undefined | false, options: WaitOptions = {}): Promise<T> {
    const context = this.#context;
    const seconds = options.timeoutSeconds ?? defaultTimeout;
    const deadline = context.clock.now() + context.scaled(seconds);
    for (;;) {
      options.signal?.throwIfAborted();
      const value = context.read(probe);
      if (value !== undefined && value !== false) {
        return value;
      }
      if (context.clock.now() >= deadline) {
        throw new CloudError(504, "Timeout", `what was waited for did not happen within ${seconds} s`);
      }
      await context.nextChange(deadline, options.signal);
    }
  }

  retryWhile<T>(work: () => T, options: Parameters<LocalCloud["retryWhile"]>[1] = {}): Promise<T> {
    const statuses = options.statuses ?? [409];
    return this.waitUntil<{ readonly value: T }>(() => {
      try {
        return { value: work() };
      } catch (error) {
        if (error instanceof CloudError && statuses.includes(error.status)) {
          return undefined;
        }
        throw error;
      }
    }, options).then(({ value }) => value);
  }

  async sleep(seconds: number, signal?: AbortSignal): Promise<void> {
    const context = this.#context;
    const end = context.clock.now() + context.scaled(seconds);
    while (context.clock.now() < end) {
      signal?.throwIfAborted();
      await context.nextChange(end, signal);
    }
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof ConnectionDropped) {
    return "dropped";
  }
  return error instanceof CloudError ? error.code : "error";
}
