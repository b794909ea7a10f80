import type { LocalCloud } from "../local-cloud.ts";
import type { FunctionAdapter } from "../provider/resource-adapter.ts";
import { flagOf, textOf } from "../provider/value-readers.ts";
import { isEmpty, type Values } from "../provider/wire-values.ts";

/** The look-ups of the openstack package. An input that is not among those modelled is refused. */
export function openstackFunctions(cloud: LocalCloud): Readonly<Record<string, FunctionAdapter>> {
  return {
    "openstack:images/getImage:getImage": {
      service: "glance",
      async call(inputs, { region: configured }) {
        only(inputs, ["name", "region", "mostRecent"]);
        const region = textOf(inputs, "region") ?? configured;
        const found = cloud.glance.images.list({ region, name: textOf(inputs, "name") });
        const sorted = [...found].sort((left, right) => right.createdAt.localeCompare(left.createdAt));
        const [image] = sorted;
        if (image === undefined)
          throw new Error("your query returned no results. Please change your search criteria and try again");
        if (sorted.length > 1 && flagOf(inputs, "mostRecent") !== true) {
          throw new Error(
            "your query returned more than one result. Please try a more specific search criteria, or set mostRecent",
          );
        }
        return {
          ...inputs,
          id: image.id,
          name: image.name,
          region: image.region,
          visibility: image.visibility,
          minDiskGb: image.minDisk,
          minRamMb: image.minRam,
          createdAt: image.createdAt,
          updatedAt: image.createdAt,
          protected: false,
          tags: [],
          metadata: {},
        };
      },
    },
    "openstack:networking/getNetwork:getNetwork": {
      service: "neutron",
      async call(inputs, { region: configured }) {
        only(inputs, ["name", "networkId", "external", "region"]);
        const region = textOf(inputs, "region") ?? configured;
        const id = textOf(inputs, "networkId");
        const external = flagOf(inputs, "external");
        const found = cloud.neutron.networks
          .list({ region, name: textOf(inputs, "name") })
          .filter(
            (network) =>
              (id === undefined || network.id === id) && (external === undefined || network.external === external),
          );
        const [network] = found;
        if (network === undefined)
          throw new Error("your query returned no results. Please change your search criteria and try again");
        if (found.length > 1)
          throw new Error("your query returned more than one result. Please try a more specific search criteria");
        return {
          ...inputs,
          id: network.id,
          networkId: network.id,
          name: network.name,
          region: network.region,
          description: network.description,
          external: network.external,
          mtu: network.mtu,
          dnsDomain: network.dnsDomain,
          adminStateUp: String(network.adminStateUp),
          shared: String(network.external),
          status: "ACTIVE",
          subnets: network.subnetIds,
          allTags: network.tags,
          availabilityZoneHints: [],
          segments: [],
          tenantId: cloud.keystone.projectId,
        };
      },
    },
    "openstack:compute/getFlavor:getFlavor": {
      service: "nova",
      async call(inputs, { region: configured }) {
        only(inputs, ["name", "flavorId", "region"]);
        const id = textOf(inputs, "flavorId");
        const region = textOf(inputs, "region") ?? configured;
        const flavor =
          id === undefined ? cloud.nova.flavors.find(textOf(inputs, "name") ?? "", region) : cloud.nova.flavors.get(id);
        return {
          ...inputs,
          id: flavor.id,
          flavorId: flavor.id,
          name: flavor.name,
          region: flavor.region,
          vcpus: flavor.vcpus,
          ram: flavor.ram,
          disk: flavor.disk,
          swap: 0,
          rxTxFactor: 1,
          isPublic: true,
          extraSpecs: {},
        };
      },
    },
  };
}

function only(inputs: Values, modelled: readonly string[]): void {
  const other = Object.keys(inputs).find((name) => !modelled.includes(name) && !isEmpty(inputs[name]));
  if (other !== undefined)
    throw new Error(`the local cloud does not model the input '${other}'; it models: ${modelled.join(", ")}`);
}
