import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import type {
  CheckRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  InvokeRequest,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import type { PackageCatalogue, ResourceType } from "../catalogue/shape.ts";
import { CloudError, ConnectionDropped } from "../kernel/cloud-error.ts";
import type { LocalCloud } from "../local-cloud.ts";
import { autoname, defaultsMark, isAutonamed } from "./autoname.ts";
import { checkInputs, type InputFailure, withDefaults } from "./check-inputs.ts";
import { diffInputs, keptState, type PropertyChange } from "./diff-inputs.ts";
import { brokenRules, importable } from "./input-rules.ts";
import { defaultNames, keptDefaults, refreshedDefaults } from "./kept-defaults.ts";
import { observedInputs } from "./observed-inputs.ts";
import { failureOf } from "./provider-error.ts";
import type { CallContext, Observed, PackageAdapters, ResourceAdapter } from "./resource-adapter.ts";
import { nameOf, typeOf } from "./resource-urn.ts";
import { keptSets, outputsOf, plannedAnew, secretNames, withUnknowns } from "./shown-values.ts";
import { conceal, isEmpty, reveal, structOf, unknownValue, type Values, valuesOf } from "./wire-values.ts";

/** Data of one connection and one call. */
export interface CallScope {
  /** Region of the provider's configuration. */
  readonly region: string | undefined;
  /** Aborted when the caller disconnects or cancels. */
  readonly signal: AbortSignal;
  /** Limit of the call, seconds; undefined or 0: the type's own. */
  readonly timeoutSeconds?: number;
}

/** The methods of one package's provider: what is common to all its resource types. Errors are already in gRPC's shape. */
export class ProviderMethods {
  readonly #catalogue: PackageCatalogue;
  readonly #adapters: PackageAdapters;
  readonly #cloud: Pick<LocalCloud, "perform">;

  constructor(catalogue: PackageCatalogue, adapters: PackageAdapters, cloud: Pick<LocalCloud, "perform">) {
    this.#catalogue = catalogue;
    this.#adapters = adapters;
    this.#cloud = cloud;
  }

  pluginInfo(): plugin.PluginInfo {
    // The engine warns about a provider that is older than the SDK's package.
    return new plugin.PluginInfo().setVersion(this.#catalogue.version);
  }

  check(request: CheckRequest): provider.CheckResponse {
    const token = typeOf(request.getUrn());
    const { type, adapter } = this.#resource(token);
    const wire = valuesOf(request.getNews());
    const { values } = reveal(wire);
    const failures = [
      ...checkInputs(token, values, type),
      ...notModelled(token, wire, type, adapter),
      ...brokenRules(token, values, this.#adapters.inputRules?.[token] ?? {}),
    ];
    const olds = valuesOf(request.getOlds());
    const named = autoname(wire, olds, type, nameOf(request.getUrn()), request.getRandomseed_asU8());
    const isNamed = named !== wire;
    const { keepsDefaults = false } = this.#adapters;
    const kept = keepsDefaults ? keptDefaults(named, reveal(olds).values, type.inputs) : {};
    const filled = withDefaults({ ...named, ...kept }, type.inputs);
    const noted = [
      ...(isNamed ? ["name"] : []),
      ...(keepsDefaults ? defaultNames(named, filled, type.inputs) : []),
    ].sort();
    const inputs = conceal(keepsDefaults || isNamed ? { ...filled, [defaultsMark]: noted } : filled, secretNames(type));
    return new provider.CheckResponse().setInputs(structOf(inputs)).setFailuresList(failures.map(checkFailure));
  }

  diff(request: DiffRequest): provider.DiffResponse {
    const { type, adapter } = this.#resource(typeOf(request.getUrn()));
    const inputs = reveal(valuesOf(request.getOldInputs())).values;
    const outputs = reveal(valuesOf(request.getOlds())).values;
    const wanted = reveal(valuesOf(request.getNews())).values;
    const changes = diffInputs({ inputs, outputs }, wanted, type, request.getIgnorechangesList(), adapter.library);
    const replaces = [...new Set(changes.filter((change) => change.replaces).map((change) => topLevel(change.path)))];
    const { DiffChanges } = provider.DiffResponse;
    const response = new provider.DiffResponse()
      .setChanges(changes.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE)
      .setReplacesList(replaces);
    const changed = changes.map((change) => topLevel(change.path));
    // As the bridge behind the real SDKs: of the framework's types it reports no details, but all that is planned anew.
    if (adapter.library === "framework") {
      const more = changes.some((change) => !isUnlocked(change, type)) ? ["id", ...plannedAnew(wanted, type)] : [];
      return response.setDiffsList([...new Set([...changed, ...more])].sort());
    }
    response
      .setDiffsList([...new Set(changed)])
      .setHasdetaileddiff(true)
      // As the bridge behind the real SDKs: two resources might not carry the same chosen name at once.
      .setDeletebeforereplace(
        replaces.length > 0 &&
          wanted.name !== undefined &&
          !isNameDefault(wanted) &&
          !isAutonamed(wanted.name, nameOf(request.getUrn())),
      );
    for (const change of changes) response.getDetaileddiffMap().set(change.path, propertyDiff(change));
    return response;
  }

  async create(request: CreateRequest, scope: CallScope): Promise<provider.CreateResponse> {
    const token = typeOf(request.getUrn());
    const { type, adapter } = this.#resource(token);
    const wire = valuesOf(request.getProperties());
    const { values: inputs, secrets } = reveal(wire);
    const response = new provider.CreateResponse();
    const hidden = union(secrets, secretNames(type));
    if (request.getPreview()) {
      const given = keptState(inputs, type);
      const planned = withUnknowns(given, {}, type, new Set(Object.keys(given)), adapter.library);
      return response.setProperties(structOf(conceal(planned, hidden)));
    }
    const accepted: { id?: string } = {};
    try {
      const info = { type: token, operation: "create", name: cloudName(inputs, request.getUrn()) };
      const observed = await this.#perform(
        adapter.service,
        info,
        scope,
        (call) => adapter.create(inputs, call),
        accepted,
      );
      return response
        .setId(observed.id)
        .setProperties(structOf(conceal({ ...keptState(inputs, type), ...observed.state }, hidden)));
    } catch (error) {
      const { id } = accepted;
      const lost = adapter.library === "framework" || error instanceof ConnectionDropped || scope.signal.aborted;
      if (id === undefined || lost) throw failureOf(error, token);
      // As the bridge behind the real SDKs: what was made and then failed stays in the state, with the reason; but not what the framework made.
      const observed = await readQuietly(adapter, id, inputs, scope);
      const properties = conceal({ ...keptState(inputs, type), ...observed?.state }, hidden);
      throw failureOf(error, token, { id, properties, inputs: wire });
    }
  }

  async read(request: ReadRequest, scope: CallScope): Promise<provider.ReadResponse> {
    const token = typeOf(request.getUrn());
    const { type, adapter } = this.#resource(token);
    const known = reveal(valuesOf(request.getProperties()));
    const recorded = reveal(valuesOf(request.getInputs()));
    const id = request.getId();
    let observed: Observed | undefined;
    try {
      const info = { type: token, operation: "read", name: cloudName(known.values, request.getUrn()), id };
      observed = await this.#perform(adapter.service, info, scope, (call) =>
        adapter.missingFails
          ? adapter.read(id, known.values, call)
          : notFoundIsUndefined(() => adapter.read(id, known.values, call)),
      );
    } catch (error) {
      throw failureOf(error, token);
    }
    const response = new provider.ReadResponse();
    if (observed === undefined) return response;
    const hidden = union(known.secrets, recorded.secrets, secretNames(type));
    const state = { ...known.values, ...observed.state };
    const rules = this.#adapters.inputRules?.[token] ?? {};
    const seen = observedInputs(state, recorded.values, type);
    const inputs = isEmpty(recorded.values)
      ? { ...importable(seen, rules), ...(this.#adapters.keepsDefaults ? { [defaultsMark]: [] } : {}) }
      : { ...seen, ...(this.#adapters.keepsDefaults ? refreshedDefaults(recorded.values, seen) : {}) };
    return response
      .setId(observed.id)
      .setProperties(structOf(conceal(state, hidden)))
      .setInputs(structOf(conceal(inputs, hidden)));
  }

  async update(request: UpdateRequest, scope: CallScope): Promise<provider.UpdateResponse> {
    const token = typeOf(request.getUrn());
    const { type, adapter } = this.#resource(token);
    const known = reveal(valuesOf(request.getOlds()));
    const wanted = reveal(valuesOf(request.getNews()));
    const hidden = union(wanted.secrets, secretNames(type));
    const response = new provider.UpdateResponse();
    if (request.getPreview()) {
      const old = adapter.library === "framework" ? {} : known.values;
      const changes = diffInputs({ inputs: {}, outputs: known.values }, wanted.values, type, [], adapter.library);
      const changed = new Set(changes.map(({ path }) => topLevel(path)));
      const planned = withUnknowns(keptState(wanted.values, type), old, type, changed, adapter.library);
      return response.setProperties(structOf(conceal(planned, hidden)));
    }
    try {
      const id = request.getId();
      const info = { type: token, operation: "update", name: cloudName(wanted.values, request.getUrn()), id };
      const observed = await this.#perform(adapter.service, info, scope, async (call) => {
        if (adapter.update === undefined) throw new Error("has no update: every change makes a new resource");
        return adapter.update(id, wanted.values, known.values, call);
      });
      const old = outputsOf(known.values, type);
      const state = {
        ...old,
        ...keptState(wanted.values, type),
        ...observed.state,
        ...(this.#adapters.updateKeepsSets ? keptSets(known.values, wanted.values, type) : {}),
      };
      return response.setProperties(structOf(conceal(state, hidden)));
    } catch (error) {
      throw failureOf(error, token);
    }
  }

  async delete(request: DeleteRequest, scope: CallScope): Promise<emptyProto.Empty> {
    const token = typeOf(request.getUrn());
    const { adapter } = this.#resource(token);
    const known = reveal(valuesOf(request.getProperties())).values;
    try {
      const id = request.getId();
      const info = { type: token, operation: "delete", name: cloudName(known, request.getUrn()), id };
      await this.#perform(adapter.service, info, scope, (call) =>
        notFoundIsUndefined(() => adapter.delete(id, known, call)),
      );
    } catch (error) {
      throw failureOf(error, token);
    }
    return new emptyProto.Empty();
  }

  async invoke(request: InvokeRequest, scope: CallScope): Promise<provider.InvokeResponse> {
    const token = request.getTok();
    const type = this.#catalogue.functions[token];
    const adapter = this.#adapters.functions[token];
    if (type === undefined || adapter === undefined)
      throw failureOf(new Error(unsupported("function", this.#catalogue.functions)), token);
    const { values: inputs } = reveal(valuesOf(request.getArgs()));
    const failures = checkInputs(token, inputs, { inputs: type.inputs, outputs: {} });
    const response = new provider.InvokeResponse();
    if (failures.length > 0) return response.setFailuresList(failures.map(checkFailure));
    try {
      const name = typeof inputs.name === "string" ? inputs.name : "";
      const info = { type: token, operation: "invoke", name };
      const result = await this.#perform(adapter.service, info, scope, (call) => adapter.call(inputs, call));
      return response.setReturn(structOf(conceal(result, new Set())));
    } catch (error) {
      throw failureOf(error, token);
    }
  }

  /** Carries out one call with its journal entry and faults. After the caller has disconnected, nothing new is started. */
  #perform<Result>(
    service: string,
    info: { type: string; operation: string; name: string; id?: string },
    scope: CallScope,
    work: (call: CallContext) => Promise<Result>,
    told: { id?: string } = {},
  ): Promise<Result> {
    return this.#cloud.perform({ api: "grpc", service, ...info }, (report) => {
      scope.signal.throwIfAborted();
      return work({
        ...scope,
        timeoutSeconds: scope.timeoutSeconds || undefined,
        accepted: (id) => {
          told.id = id;
          return report.accepted(id);
        },
      });
    });
  }

  #resource(token: string): { type: ResourceType; adapter: ResourceAdapter } {
    const type = this.#catalogue.resources[token];
    const adapter = this.#adapters.resources[token];
    if (type === undefined || adapter === undefined)
      throw failureOf(new Error(unsupported("resource type", this.#catalogue.resources)), token);
    return { type, adapter };
  }
}

function isNameDefault(wanted: Values): boolean {
  const noted = wanted[defaultsMark];
  return Array.isArray(noted) && noted.includes("name");
}

function unsupported(what: string, known: Readonly<Record<string, unknown>>): string {
  return `the local cloud does not support this ${what}; it supports: ${Object.keys(known).sort().join(", ")}`;
}

/** Inputs that exist but that the local cloud does not act on: refused, never silently ignored. */
function notModelled(token: string, inputs: Values, type: ResourceType, adapter: ResourceAdapter): InputFailure[] {
  return Object.entries(inputs)
    .filter(([name, value]) => type.inputs[name] !== undefined && !adapter.inputs.includes(name) && !isEmpty(value))
    .map(([property]) => ({ property, reason: `${token}: the local cloud does not model the input '${property}'` }));
}

function union(...sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

function propertyDiff(change: PropertyChange): provider.PropertyDiff {
  const { Kind } = provider.PropertyDiff;
  const kinds = {
    add: change.replaces ? Kind.ADD_REPLACE : Kind.ADD,
    delete: change.replaces ? Kind.DELETE_REPLACE : Kind.DELETE,
    update: change.replaces ? Kind.UPDATE_REPLACE : Kind.UPDATE,
  };
  return new provider.PropertyDiff().setKind(kinds[change.kind]);
}

/** What was taken away and could be left as it is, if it were not for its lock: nothing else is planned anew then. */
function isUnlocked({ path, kind }: PropertyChange, type: ResourceType): boolean {
  return kind === "delete" && type.inputs[path]?.locks === true;
}

function checkFailure(failure: InputFailure): provider.CheckFailure {
  return new provider.CheckFailure().setProperty(failure.property).setReason(failure.reason);
}

function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}

function cloudName(values: Values, urn: string): string {
  return typeof values.name === "string" && values.name !== unknownValue ? values.name : nameOf(urn);
}

/** State of a resource after a failure; undefined when it cannot be read either. */
async function readQuietly(
  adapter: ResourceAdapter,
  id: string,
  inputs: Values,
  scope: CallScope,
): Promise<Observed | undefined> {
  try {
    return await adapter.read(id, inputs, { ...scope, timeoutSeconds: undefined, accepted: async () => {} });
  } catch {
    return undefined;
  }
}

async function notFoundIsUndefined<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CloudError && error.status === 404) return undefined;
    throw error;
  }
}
