import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { flagOf, needText, sentText, textOf } from "../../provider/value-readers.ts";
import { retryConflict, waitUntilGone } from "../../provider/waiting.ts";
import { sameValue, type Values } from "../../provider/wire-values.ts";
import { shownTags, withChangedTags, withTags } from "./tags-provider.ts";
import type { FloatingIpView, RouterInterfaceView, RouterView } from "./types.ts";

/** openstack:networking/router:Router */
export class RouterAdapter implements ResourceAdapter {
  readonly service = "neutron";
  readonly inputs = ["name", "region", "description", "adminStateUp", "enableSnat", "externalNetworkId", "tags"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    if (inputs.enableSnat !== undefined) requireGateway(inputs);
    const router = this.#cloud.neutron.routers.create({
      region: textOf(inputs, "region") ?? call.region,
      name: needText(inputs, "name"),
      description: textOf(inputs, "description"),
      // The real provider never sends false here: the router is up, and the next refresh tells it.
      adminStateUp: flagOf(inputs, "adminStateUp") === true ? true : undefined,
      enableSnat: flagOf(inputs, "enableSnat"),
      externalNetworkId: textOf(inputs, "externalNetworkId"),
    });
    await call.accepted(router.id);
    const tagged = withTags(inputs, router, (tags) => this.#cloud.neutron.routers.update(router.id, { tags }));
    return this.#observe(tagged, inputs);
  }

  async read(id: string, known: Values): Promise<Observed> {
    return this.#observe(this.#cloud.neutron.routers.get(id), known);
  }

  async update(id: string, wanted: Values, known: Values): Promise<Observed> {
    const external = textOf(wanted, "externalNetworkId");
    const changesSnat = wanted.enableSnat !== undefined && !sameValue(wanted.enableSnat, known.enableSnat);
    if (changesSnat) requireGateway(wanted);
    const { routers } = this.#cloud.neutron;
    const updated = routers.update(id, {
      name: textOf(wanted, "name"),
      description: sentText(wanted, "description"),
      adminStateUp: flagOf(wanted, "adminStateUp"),
      enableSnat: changesSnat ? flagOf(wanted, "enableSnat") : undefined,
      externalNetworkId: sameValue(external, known.externalNetworkId) ? undefined : external,
    });
    const tagged = withChangedTags({ wanted, known }, updated, (tags) => routers.update(id, { tags }));
    return this.#observe(tagged, wanted);
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#cloud.neutron.routers.delete(id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => this.#cloud.neutron.routers.get(id));
  }

  #observe(router: RouterView, known: Values): Observed {
    return {
      id: router.id,
      state: {
        name: router.name,
        region: router.region,
        description: router.description,
        adminStateUp: router.adminStateUp,
        enableSnat: router.enableSnat,
        externalNetworkId: router.externalNetworkId ?? "",
        externalFixedIps: router.externalFixedIps,
        externalGateway: router.externalNetworkId ?? "",
        distributed: false,
        availabilityZoneHints: [],
        ...shownTags(router.tags, known),
        tenantId: this.#cloud.keystone.projectId,
      },
    };
  }
}

/** What the real provider refuses before it asks Neutron. */
function requireGateway(inputs: Values): void {
  if (textOf(inputs, "externalNetworkId") === undefined) {
    throw new Error("setting enable_snat for openstack_networking_router_v2 requires external_network_id to be set");
  }
}

/** openstack:networking/routerInterface:RouterInterface; its id is its port's. */
export class RouterInterfaceAdapter implements ResourceAdapter {
  readonly service = "neutron";
  readonly inputs = ["region", "routerId", "subnetId", "portId", "forceDestroy"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    if ((textOf(inputs, "subnetId") === undefined) === (textOf(inputs, "portId") === undefined)) {
      throw new Error("Exactly one of SubnetID and PortID must be provided");
    }
    const added = this.#cloud.neutron.routers.addInterface(needText(inputs, "routerId"), {
      subnetId: textOf(inputs, "subnetId"),
      portId: textOf(inputs, "portId"),
    });
    await call.accepted(added.portId);
    return observeInterface(added);
  }

  async read(id: string): Promise<Observed> {
    return observeInterface(this.#cloud.neutron.routers.interface(id));
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    const { routers } = this.#cloud.neutron;
    const { routerId } = routers.interface(id);
    await retryConflict(this.#cloud, call, () => routers.removeInterface(routerId, { portId: id }));
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => routers.interface(id));
  }
}

function observeInterface(view: RouterInterfaceView): Observed {
  const { portId, routerId, subnetId, region } = view;
  return { id: portId, state: { portId, routerId, subnetId, region } };
}

/** openstack:networking/floatingIp:FloatingIp */
export class FloatingIpAdapter implements ResourceAdapter {
  readonly service = "neutron";
  readonly inputs = ["region", "description", "pool", "portId", "fixedIp", "tags"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const region = textOf(inputs, "region") ?? call.region;
    const pool = needText(inputs, "pool");
    // The real provider looks for it before it asks for an address.
    if (this.#cloud.neutron.networks.list({ region, name: pool }).every(({ external }) => !external)) {
      throw new Error(`Error retrieving ID for openstack_networking_floatingip_v2 pool name ${pool}: there is none`);
    }
    const floatingIp = this.#cloud.neutron.floatingIps.create({
      region,
      description: textOf(inputs, "description"),
      pool,
      portId: textOf(inputs, "portId"),
      fixedIp: textOf(inputs, "fixedIp"),
    });
    await call.accepted(floatingIp.id);
    const tagged = withTags(inputs, floatingIp, (tags) =>
      this.#cloud.neutron.floatingIps.update(floatingIp.id, { tags }),
    );
    return this.#observe(tagged, inputs);
  }

  async read(id: string, known: Values): Promise<Observed> {
    return this.#observe(this.#cloud.neutron.floatingIps.get(id), known);
  }

  async update(id: string, wanted: Values, known: Values): Promise<Observed> {
    // Left out is not taken away: an association may belong to a resource of its own.
    const changes = (name: "portId" | "fixedIp") =>
      wanted[name] !== undefined && !sameValue(textOf(wanted, name) ?? "", known[name] ?? "");
    const associates = changes("portId") || changes("fixedIp");
    const { floatingIps } = this.#cloud.neutron;
    const updated = floatingIps.update(id, {
      description: sameValue(wanted.description ?? "", known.description ?? "")
        ? undefined
        : sentText(wanted, "description"),
      portId: associates ? (textOf(wanted.portId === undefined ? known : wanted, "portId") ?? null) : undefined,
      fixedIp: changes("fixedIp") ? textOf(wanted, "fixedIp") : undefined,
    });
    const tagged = withChangedTags({ wanted, known }, updated, (tags) => floatingIps.update(id, { tags }));
    return this.#observe(tagged, wanted);
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#cloud.neutron.floatingIps.delete(id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => this.#cloud.neutron.floatingIps.get(id));
  }

  #observe(floatingIp: FloatingIpView, known: Values): Observed {
    return {
      id: floatingIp.id,
      state: {
        region: floatingIp.region,
        description: floatingIp.description,
        address: floatingIp.address,
        pool: floatingIp.pool,
        portId: floatingIp.portId ?? "",
        fixedIp: floatingIp.fixedIp ?? "",
        ...shownTags(floatingIp.tags, known),
        tenantId: this.#cloud.keystone.projectId,
        dnsDomain: "",
        dnsName: "",
      },
    };
  }
}

/** openstack:networking/floatingIpAssociate:FloatingIpAssociate; its id is the floating address's. */
export class FloatingIpAssociateAdapter implements ResourceAdapter {
  readonly service = "neutron";
  readonly inputs = ["region", "floatingIp", "portId", "fixedIp"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const address = needText(inputs, "floatingIp");
    const region = textOf(inputs, "region") ?? call.region;
    const found = this.#cloud.neutron.floatingIps.list({ region, address })[0];
    if (found === undefined)
      throw new Error(`unable to get ID of openstack_networking_floatingip_associate_v2 floating_ip ${address}`);
    return this.#associate(found.id, inputs, call);
  }

  /** There as long as the floating address is, also when it leads nowhere. */
  async read(id: string): Promise<Observed> {
    return observeAssociation(this.#cloud.neutron.floatingIps.get(id));
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const keeps = sameValue(textOf(wanted, "fixedIp") ?? "", known.fixedIp ?? "");
    return this.#associate(id, keeps ? { ...wanted, fixedIp: undefined } : wanted, call);
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#cloud.neutron.floatingIps.update(id, { portId: null });
    await call.accepted(id);
  }

  async #associate(id: string, inputs: Values, call: CallContext): Promise<Observed> {
    const { floatingIps } = this.#cloud.neutron;
    const view = floatingIps.update(id, { portId: needText(inputs, "portId"), fixedIp: textOf(inputs, "fixedIp") });
    await call.accepted(id);
    return observeAssociation(view);
  }
}

function observeAssociation(view: FloatingIpView): Observed {
  return {
    id: view.id,
    state: { region: view.region, floatingIp: view.address, portId: view.portId ?? "", fixedIp: view.fixedIp ?? "" },
  };
}
