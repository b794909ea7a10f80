import { type Call, type Json, param, type Route } from "../../http/route.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { computeRegions } from "../../kernel/regions.ts";
import type { NetworkView, SubnetView } from "../../openstack/neutron/types.ts";
import { flagIn, needTextIn, numberIn, textIn, textsIn } from "../body-values.ts";
import { get, post, project, put, remove } from "../ovh-route.ts";

const networks = `${project}/network/private`;
const network = `${networks}/:network`;

/** Private networks of the vRack, which are one network of OpenStack in each region, and their subnets. */
export const networkRoutes: readonly Route[] = [
  get(networks, (call) => [...new Set(inVrack(call).map((one) => idOf(call, one)))].map((id) => networkBody(call, id))),
  post(networks, (call) => {
    const vlan = numberIn(call.body, "vlanId") ?? 0;
    const name = needTextIn(call.body, "name");
    const made = (textsIn(call.body, "regions") ?? computeRegions).map((region) => makeIn(call, region, name, vlan));
    return networkBody(call, made[0] === undefined ? "" : idOf(call, made[0]));
  }),
  get(network, (call) => networkBody(call, param(call, "network"))),
  put(network, (call) => {
    const name = needTextIn(call.body, "name");
    for (const { id } of partsOf(call, param(call, "network"))) call.cloud.neutron.networks.update(id, { name });
  }),
  remove(network, (call) => {
    for (const { id } of partsOf(call, param(call, "network"))) call.cloud.neutron.networks.delete(id);
  }),
  post(`${network}/region`, (call) => {
    const [first, ...others] = partsOf(call, param(call, "network"));
    const region = needTextIn(call.body, "region");
    if ([first, ...others].some((part) => part?.region === region)) {
      throw new CloudError(400, "Client::BadRequest", `Region ${region} already activated`);
    }
    makeIn(call, region, first?.name ?? "", first?.segmentationId ?? 0);
    return networkBody(call, param(call, "network"));
  }),
  get(`${network}/subnet`, (call) => subnetsOf(call).map(subnetBody)),
  post(`${network}/subnet`, (call) => subnetBody(makeSubnet(call))),
  remove(`${network}/subnet/:subnet`, (call) => {
    const found = subnetsOf(call).find(({ id }) => id === param(call, "subnet"));
    if (found === undefined) throw new CloudError(404, "Client::NotFound", "The requested object does not exist");
    call.cloud.neutron.subnets.delete(found.id);
  }),
  get(`${project}/region/:region/network`, (call) =>
    call.cloud.neutron.networks.list({ region: param(call, "region") }).map((one) => ({
      id: one.id,
      name: one.name,
      region: one.region,
      visibility: one.external ? "public" : "private",
      vlanId: one.segmentationId ?? null,
    })),
  ),
  remove(`${project}/region/:region/network/:id`, (call) => {
    const { id, region } = call.cloud.neutron.networks.get(param(call, "id"));
    if (region !== param(call, "region")) {
      throw new CloudError(404, "Client::NotFound", "The requested object does not exist");
    }
    call.cloud.neutron.networks.delete(id);
  }),
];

function makeIn(call: Call, region: string, name: string, vlan: number): NetworkView {
  const valueSpecs = { "provider:network_type": "vrack", "provider:segmentation_id": String(vlan) };
  return call.cloud.neutron.networks.create({ name, region, valueSpecs });
}

function inVrack(call: Call): readonly NetworkView[] {
  return call.cloud.neutron.networks.list().filter(({ segmentationId }) => segmentationId !== undefined);
}

/** A network of the vRack is named after it and its VLAN. Source: ovh/terraform-provider-ovh, docs of ovh_cloud_project_network_private. */
function idOf(call: Call, { segmentationId }: NetworkView): string {
  return `${call.cloud.ovhVrack.ofProject(call.cloud.keystone.projectId).vrack}_${segmentationId}`;
}

function partsOf(call: Call, id: string): readonly NetworkView[] {
  const parts = inVrack(call).filter((one) => idOf(call, one) === id);
  if (parts.length > 0) return parts;
  throw new CloudError(404, "Client::NotFound", `Network ${id} does not exist`);
}

function networkBody(call: Call, id: string): Json {
  const parts = partsOf(call, id);
  return {
    id,
    name: parts[0]?.name,
    status: "ACTIVE",
    type: "private",
    vlanId: parts[0]?.segmentationId,
    regions: parts.map((part) => ({ region: part.region, status: "ACTIVE", openstackId: part.id })),
  };
}

function subnetsOf(call: Call): readonly SubnetView[] {
  const ids = new Set(partsOf(call, param(call, "network")).map(({ id }) => id));
  return call.cloud.neutron.subnets.list().filter(({ networkId }) => ids.has(networkId));
}

function makeSubnet(call: Call): SubnetView {
  const { body } = call;
  const region = needTextIn(body, "region");
  const part = partsOf(call, param(call, "network")).find((one) => one.region === region);
  if (part === undefined) {
    throw new CloudError(400, "Client::BadRequest", `The network ${param(call, "network")} is not in ${region}`);
  }
  const [start, end] = [textIn(body, "start"), textIn(body, "end")];
  return call.cloud.neutron.subnets.create({
    name: "",
    region,
    networkId: part.id,
    cidr: needTextIn(body, "network"),
    enableDhcp: flagIn(body, "dhcp"),
    noGateway: flagIn(body, "noGateway"),
    ...(start === undefined || end === undefined ? {} : { allocationPools: [{ start, end }] }),
  });
}

function subnetBody(subnet: SubnetView): Json {
  const { region, enableDhcp } = subnet;
  return {
    id: subnet.id,
    cidr: subnet.cidr,
    dhcpEnabled: enableDhcp,
    gatewayIp: subnet.gatewayIp ?? null,
    ipPools: subnet.allocationPools.map(({ start, end }) => ({
      region,
      network: subnet.cidr,
      dhcp: enableDhcp,
      start,
      end,
    })),
  };
}
