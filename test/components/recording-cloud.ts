import type { ServiceError } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb.js";

/** A resource as the program registered it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** In clear. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Names of the inputs that were marked secret, wholly or in a part of them. */
  readonly secretInputs: readonly string[];
  /** Options and dependencies, as the engine gets them. */
  readonly protect: boolean;
  readonly deleteBeforeReplace: boolean;
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly provider: string;
  readonly parent: string;
  /** URNs of `dependsOn` and of every input. */
  readonly dependencies: readonly string[];
  /** URNs that each input comes from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly custom: boolean;
}

export interface Invocation {
  readonly token: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Reference of the provider that answers; empty for the default one. */
  readonly provider: string;
}

type Outputs = (name: string, inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** What the cloud adds to the inputs of each type; a type that is not here is refused. */
const knownTypes: Readonly<Record<string, Outputs>> = {
  "ovh:Vrack/cloudProject:CloudProject": () => ({ projectId: "0123456789abcdef0123456789abcdef" }),
  "ovh:CloudProject/storage:Storage": () => ({}),
  "ovh:CloudProject/user:User": () => ({ password: "planted-user-password" }),
  "ovh:CloudProject/s3Credential:S3Credential": (name) => ({
    accessKeyId: `access-${name}`,
    secretAccessKey: `planted-secret-key-${name}`,
  }),
  "ovh:CloudProject/s3Policy:S3Policy": () => ({}),
  "ovh:CloudProject/database:Database": (name, inputs) => ({
    endpoints: [{ component: inputs.engine, domain: `${name}.database.cloud.ovh.net`, port: 20184 }],
  }),
  "ovh:CloudProjectDatabase/user:User": () => ({ password: "planted-mysql-password" }),
  "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser": (name) => ({ password: `planted-${name}-password` }),
  "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance": () => ({}),
  "ovh:CloudProject/loadBalancer:LoadBalancer": () => ({ vipAddress: "10.10.0.117" }),
  "ovh:CloudProject/workflowBackup:WorkflowBackup": () => ({}),
  "ovh:Domain/zoneRecord:ZoneRecord": () => ({}),
  "openstack:networking/network:Network": () => ({}),
  "openstack:networking/subnet:Subnet": () => ({}),
  "openstack:networking/router:Router": () => ({}),
  "openstack:networking/routerInterface:RouterInterface": () => ({}),
  "openstack:networking/secGroup:SecGroup": () => ({}),
  "openstack:networking/secGroupRule:SecGroupRule": () => ({}),
  "openstack:networking/floatingIp:FloatingIp": (name) => ({ address: name === "lb" ? "192.0.2.100" : "192.0.2.101" }),
  "openstack:networking/floatingIpAssociate:FloatingIpAssociate": () => ({}),
  "openstack:networking/port:Port": () => ({}),
  "openstack:compute/serverGroup:ServerGroup": () => ({}),
  "openstack:compute/instance:Instance": () => ({}),
  "openstack:compute/volumeAttach:VolumeAttach": () => ({}),
  "openstack:blockstorage/volume:Volume": () => ({}),
  "openstack:loadbalancer/loadBalancer:LoadBalancer": () => ({ vipAddress: "10.10.0.1", vipPortId: "vip-port" }),
  "openstack:loadbalancer/listener:Listener": () => ({}),
  "openstack:loadbalancer/pool:Pool": () => ({}),
  "openstack:loadbalancer/monitor:Monitor": () => ({}),
  "openstack:loadbalancer/member:Member": () => ({}),
  "openstack:keymanager/secretV1:SecretV1": () => ({ secretRef: "https://key-manager.example/v1/secrets/1" }),
  "openstack:objectstorage/container:Container": () => ({}),
  "openstack:objectstorage/containerObject:ContainerObject": () => ({}),
  "pulumi:providers:openstack": () => ({}),
  "random:index/randomPassword:RandomPassword": (name, inputs) => ({
    result: `planted-random-${name}-`.padEnd(Number(inputs.length), "x"),
  }),
};

/** Answers of the look-ups; one that is not here is refused. */
const knownLookUps: Readonly<Record<string, (inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>>> = {
  "openstack:images/getImage:getImage": (inputs) => ({ ...inputs, id: `image-${inputs.name}` }),
  "openstack:networking/getNetwork:getNetwork": (inputs) => ({ ...inputs, id: `network-${inputs.name}` }),
  "ovh:CloudProject/getLoadBalancerFlavors:getLoadBalancerFlavors": (inputs) => ({
    ...inputs,
    id: "flavors",
    flavors: ["small", "medium", "large", "xl"].map((name) => ({
      id: `flavor-${name}`,
      name,
      region: inputs.regionName,
    })),
  }),
};

/** A cloud that records what it is asked and refuses what it does not know. */
export interface RecordingCloud {
  readonly registrations: readonly Registration[];
  readonly invocations: readonly Invocation[];
  /** The program's own, as promised values. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What a recording cloud answers. The default answers are planted values. */
export interface CloudAnswers {
  /** Of a resource: its id and its outputs, from those that the cloud adds to the inputs. */
  resource(type: string, name: string, added: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Of the look-up of this number. */
  lookUp(number: number, answer: Readonly<Record<string, unknown>>): Record<string, unknown>;
}

const plantedAnswers: CloudAnswers = {
  resource: (type, name, added) => ({ id: `${type}/${name}`, ...added }),
  lookUp: (_, answer) => answer,
};

/** Puts a recording cloud in the place of the engine; project `lor`. */
export async function mockCloud(
  { stack }: { readonly stack: string },
  answers: CloudAnswers = plantedAnswers,
): Promise<{
  readonly invocations: Invocation[];
  readonly refused: string[];
}> {
  const invocations: Invocation[] = [];
  const refused: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        if (custom === false) return { id: undefined, state: {} };
        const outputs = knownTypes[type];
        if (outputs === undefined) refused.push(type);
        const { id, ...added } = answers.resource(type, name, outputs?.(name, inputs) ?? {});
        return { id: String(id), state: { ...inputs, ...added } };
      },
      call: ({ token, inputs, provider }) => {
        const answer = knownLookUps[token];
        if (answer === undefined) refused.push(token);
        invocations.push({ token, inputs, provider: provider ?? "" });
        return answers.lookUp(invocations.length - 1, answer?.(inputs) ?? {});
      },
    },
    "lor",
    stack,
    false,
  );
  return { invocations, refused };
}

/**
 * Runs a program against a recording cloud and waits until every registration has arrived.
 *
 * @throws when the program used a type or a look-up that is not known here. It is thrown at the end: a refused call would
 *   leave every promise that hangs on it rejected and unheard.
 */
export async function record(
  program: () => Promise<Record<string, unknown>>,
  answers?: CloudAnswers,
): Promise<RecordingCloud> {
  const registrations: Registration[] = [];
  const { invocations, refused } = await mockCloud({ stack: "prod" }, answers);
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) =>
    register(request, (error, response) => {
      if (response !== undefined && request.getType() !== "pulumi:pulumi:Stack") {
        registrations.push(describe(request, response.getUrn()));
      }
      answer(error, response);
    });
  const outputs: unknown = await pulumi.runtime.runInPulumiStack(program);
  await pulumi.runtime.disconnect();
  if (refused.length > 0) throw new Error(`not known to the recording cloud: ${refused.join(", ")}`);
  return { registrations, invocations, outputs: isRecord(outputs) ? outputs : {} };
}

type Answer = (error: ServiceError | Error | undefined | null, response: RegisterResourceResponse | undefined) => void;

/** The part of the SDK's mock monitor that is listened to: its mocks tell inputs only, not options. */
interface Monitor {
  registerResource(request: RegisterResourceRequest, answer: Answer): Promise<void>;
}

function describe(request: RegisterResourceRequest, urn: string): Registration {
  const inputs: Record<string, unknown> = {};
  const secretInputs: string[] = [];
  for (const [key, value] of Object.entries(deserialize(request))) {
    if (pulumi.runtime.isRpcSecret(value)) secretInputs.push(key);
    inputs[key] = pulumi.runtime.unwrapRpcSecret(value);
  }
  const propertyDependencies: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((dependencies, property) => {
    propertyDependencies[property] = dependencies.getUrnsList();
  });
  return {
    type: request.getType(),
    name: request.getName(),
    urn,
    inputs,
    secretInputs,
    protect: request.getProtect() === true,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    provider: request.getProvider(),
    parent: request.getParent(),
    dependencies: request.getDependenciesList(),
    propertyDependencies,
    custom: request.getCustom(),
  };
}

function deserialize(request: RegisterResourceRequest): Readonly<Record<string, unknown>> {
  const object = request.getObject();
  return object === undefined ? {} : pulumi.runtime.deserializeProperties(object, true);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
