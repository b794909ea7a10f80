import type { Policies, PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { isPrivateNetwork } from "../domain/policy/access-policies.ts";
import { findPolicy } from "../domain/policy/policies.ts";
import { leastFronts, spreads } from "../domain/policy/serving-policies.ts";

/** Fields of one resource before its creation. Reading an input that is not known yet throws. */
type Registered = Pick<ResourceValidationArgs, "type" | "name" | "props" | "opts">;
/** Fields of a resource among all. */
type InStack = Pick<PolicyResource, "type" | "name" | "urn" | "props" | "opts" | "propertyDependencies">;

interface Rules {
  /** Judges each resource as it is registered: a refused one is never created. */
  readonly one?: (resource: Registered) => readonly string[];
  /** Judges all resources together, at the end of a preview or an update. */
  readonly all?: (resources: readonly InStack[]) => readonly (readonly [urn: string, text: string])[];
}

const database = "ovh:CloudProject/database:Database";
/** Types whose every resource holds data. Some volumes hold data and some do not: see `dataVolumesOf`. */
const dataTypes: readonly string[] = [
  database,
  "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance",
  "ovh:CloudProject/storage:Storage",
];
const port = "openstack:networking/port:Port";
const instance = "openstack:compute/instance:Instance";
const serverGroup = "openstack:compute/serverGroup:ServerGroup";
const volume = "openstack:blockstorage/volume:Volume";
const volumeAttach = "openstack:compute/volumeAttach:VolumeAttach";
const member = "openstack:loadbalancer/member:Member";
const pool = "openstack:loadbalancer/pool:Pool";

/** `lor-role` in the metadata of a machine whose volume can be created again from the release. */
const frontRole = "prestashop";

const rules: Readonly<Record<string, Rules>> = Object.freeze({
  "data-unprotected": {
    one: ({ type, name, opts }) =>
      dataTypes.includes(type) && !opts.protect ? [`${name} (${type}) holds data and is not protected`] : [],
    all: (resources) =>
      dataVolumesOf(resources)
        .filter(({ opts }) => !opts.protect)
        .map(({ urn, name }) => [urn, `${name} (${volume}) holds data and is not protected`]),
  },
  "database-public": { one: judgeDatabase },
  "port-without-own-group": { one: judgePort },
  "fronts-too-few": {
    all: (resources) =>
      ofType(resources, pool).flatMap(({ urn, name }) => {
        const members = ofType(resources, member).filter((each) => dependsOn(each, "poolId", urn));
        return members.length >= leastFronts
          ? []
          : [[urn, `the pool ${name} has ${members.length} members, and one protects from nothing`] as const];
      }),
  },
  "fronts-not-spread": {
    all: (resources) =>
      ofType(resources, instance)
        .filter((each) => roleOf(each) === frontRole)
        .filter(({ propertyDependencies }) => !(propertyDependencies.schedulerHints ?? []).some(isSpreadingGroup))
        .map(({ urn, name }) => [urn, `${name} is in no server group that keeps the fronts on different hosts`]),
  },
});

/** Codes of the policies in the pack. */
export const packedCodes: readonly string[] = Object.freeze(Object.keys(rules));

/** Policies that can be judged from registered resources, by the criteria of src/domain/policy and under the same codes. */
export const packedPolicies: Policies = Object.entries(rules).map(([code, { one, all }]) => {
  const policy = findPolicy(code);
  if (policy === undefined) throw new RangeError(`no policy ${code}`);
  // The engine shows the description, which is the reason, beside it.
  const told = (text: string) => `${text}. What to do: ${policy.remedy}`;
  return {
    name: code,
    description: policy.reason,
    enforcementLevel: "mandatory" as const,
    remediationSteps: policy.remedy,
    ...(one === undefined
      ? {}
      : {
          validateResource: (args: ResourceValidationArgs, report: (text: string) => void) => {
            for (const text of one(args)) report(told(text));
          },
        }),
    ...(all === undefined
      ? {}
      : {
          validateStack: (
            args: { readonly resources: readonly InStack[] },
            report: (text: string, urn?: string) => void,
          ) => {
            for (const [urn, text] of all(args.resources)) report(told(text), urn);
          },
        }),
  };
});

/** A restriction that admits the internet, no restriction, or a node outside the private network. */
function judgeDatabase({ type, name, props }: Registered): readonly string[] {
  if (type !== database) return [];
  const restrictions = listOf(props.ipRestrictions);
  const nodes = listOf(props.nodes);
  return [
    ...restrictions
      .map(({ ip }) => String(ip))
      .filter((ip) => !isPrivateNetwork(ip))
      .map((ip) => `${name} admits ${ip}, which is not a private network`),
    ...(nodes.length > 0 && nodes.every((node) => "networkId" in node)
      ? []
      : [`${name} has a node that is not in a private network`]),
  ];
}

/** The group's id is often known only after its creation, but its presence is known before. */
function judgePort({ type, name, props }: Registered): readonly string[] {
  if (type === port) {
    return props.noSecurityGroups === true || listOf(props.securityGroupIds).length > 0
      ? []
      : [`the port ${name} has no security group of its own`];
  }
  if (type !== instance) return [];
  const networks = listOf(props.networks);
  return networks.length > 0 && networks.every((network) => "port" in network)
    ? []
    : [`${name} is attached to a network without a port of its own, which would get the default security group`];
}

/** Volumes of machines that cannot be created again from a release. */
function dataVolumesOf(resources: readonly InStack[]): readonly InStack[] {
  const urns = ofType(resources, volumeAttach)
    .filter(({ propertyDependencies }) =>
      (propertyDependencies.instanceId ?? []).some((each) => each.type === instance && roleOf(each) !== frontRole),
    )
    .flatMap(({ propertyDependencies }) => (propertyDependencies.volumeId ?? []).map(({ urn }) => urn));
  return ofType(resources, volume).filter(({ urn }) => urns.includes(urn));
}

function isSpreadingGroup({ type, props }: InStack): boolean {
  return type === serverGroup && listOf(props.policies).map(String).some(spreads);
}

function roleOf({ props }: InStack): unknown {
  return props.metadata?.["lor-role"];
}

function dependsOn({ propertyDependencies }: InStack, property: string, urn: string): boolean {
  return (propertyDependencies[property] ?? []).some((each) => each.urn === urn);
}

function ofType(resources: readonly InStack[], type: string): readonly InStack[] {
  return resources.filter((each) => each.type === type);
}

function listOf<T = Readonly<Record<string, unknown>>>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : [];
}
