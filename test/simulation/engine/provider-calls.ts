import provider from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import type { CallScope, ProviderMethods } from "../../../src/local-cloud/provider/provider-methods.ts";
import { structOf, type Values, valuesOf } from "../../../src/local-cloud/provider/wire-values.ts";

export interface Made {
  readonly id: string;
  readonly outputs: Values;
}

/** What a difference does to a resource. */
export interface ProviderDifference {
  readonly changed: readonly string[];
  readonly replacing: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** Path -> kind, such as `update-replace`; undefined: the provider tells none. */
  readonly detailed: Readonly<Record<string, string>> | undefined;
}

/** A provider's failure; with `left`, the cloud has the resource all the same. */
export class ProviderFailure extends Error {
  readonly left: (Made & { readonly inputs: Values }) | undefined;

  constructor(message: string, left?: Made & { readonly inputs: Values }) {
    super(message);
    this.left = left;
  }
}

/** The local cloud's provider methods with plain values, as the engine calls them. Secrets stay wrapped. */
export class ProviderCalls {
  readonly #methods: ProviderMethods;

  constructor(methods: ProviderMethods) {
    this.#methods = methods;
  }

  check(urn: string, olds: Values, news: Values): { readonly inputs: Values; readonly failures: readonly string[] } {
    const request = new provider.CheckRequest();
    request.setUrn(urn);
    request.setOlds(structOf(olds));
    request.setNews(structOf(news));
    const answer = this.#methods.check(request);
    return {
      inputs: valuesOf(answer.getInputs()),
      failures: answer.getFailuresList().map((one) => one.getReason()),
    };
  }

  diff(args: {
    readonly urn: string;
    readonly id: string;
    readonly oldInputs: Values;
    readonly oldOutputs: Values;
    readonly news: Values;
    readonly ignored: readonly string[];
  }): ProviderDifference | undefined {
    const request = new provider.DiffRequest();
    request.setUrn(args.urn);
    request.setId(args.id);
    request.setOldInputs(structOf(args.oldInputs));
    request.setOlds(structOf(args.oldOutputs));
    request.setNews(structOf(args.news));
    request.setIgnorechangesList([...args.ignored]);
    const answer = this.#methods.diff(request);
    if (answer.getChanges() === provider.DiffResponse.DiffChanges.DIFF_NONE) return undefined;
    const detailed: Record<string, string> = {};
    answer.getDetaileddiffMap().forEach((difference, path) => {
      detailed[path] = kinds[difference.getKind()] ?? "update";
    });
    return {
      changed: answer.getDiffsList(),
      replacing: answer.getReplacesList(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
      detailed: answer.getHasdetaileddiff() ? detailed : undefined,
    };
  }

  async create(urn: string, inputs: Values, scope: CallScope): Promise<Made> {
    const request = new provider.CreateRequest();
    request.setUrn(urn);
    request.setProperties(structOf(inputs));
    return await failing(async () => {
      const answer = await this.#methods.create(request, scope);
      return { id: answer.getId(), outputs: valuesOf(answer.getProperties()) };
    });
  }

  /** @returns undefined when the cloud does not have it */
  async read(
    urn: string,
    id: string,
    known: { readonly inputs: Values; readonly outputs: Values },
    scope: CallScope,
  ): Promise<(Made & { readonly inputs: Values }) | undefined> {
    const request = new provider.ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setInputs(structOf(known.inputs));
    request.setProperties(structOf(known.outputs));
    return await failing(async () => {
      const answer = await this.#methods.read(request, scope);
      if (answer.getId() === "") return undefined;
      return { id: answer.getId(), outputs: valuesOf(answer.getProperties()), inputs: valuesOf(answer.getInputs()) };
    });
  }

  async update(
    urn: string,
    id: string,
    values: { readonly oldInputs: Values; readonly oldOutputs: Values; readonly news: Values },
    scope: CallScope,
  ): Promise<Values> {
    const request = new provider.UpdateRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(structOf(values.oldInputs));
    request.setOlds(structOf(values.oldOutputs));
    request.setNews(structOf(values.news));
    return await failing(async () => valuesOf((await this.#methods.update(request, scope)).getProperties()));
  }

  async delete(urn: string, id: string, outputs: Values, scope: CallScope): Promise<void> {
    const request = new provider.DeleteRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(structOf(outputs));
    await failing(async () => {
      await this.#methods.delete(request, scope);
    });
  }

  async invoke(token: string, args: Values, scope: CallScope): Promise<Values> {
    const request = new provider.InvokeRequest();
    request.setTok(token);
    request.setArgs(structOf(args));
    return await failing(async () => {
      const answer = await this.#methods.invoke(request, scope);
      const [failure] = answer.getFailuresList();
      if (failure !== undefined) throw new Error(failure.getReason());
      return valuesOf(answer.getReturn());
    });
  }
}

const { Kind } = provider.PropertyDiff;
const kinds: Readonly<Record<number, string>> = {
  [Kind.ADD]: "add",
  [Kind.ADD_REPLACE]: "add-replace",
  [Kind.DELETE]: "delete",
  [Kind.DELETE_REPLACE]: "delete-replace",
  [Kind.UPDATE]: "update",
  [Kind.UPDATE_REPLACE]: "update-replace",
};

interface GrpcFailure {
  readonly details?: string;
  readonly metadata?: { get(key: string): readonly (string | Buffer)[] };
}

async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { details, metadata } = error as GrpcFailure;
    if (details === undefined) throw error;
    throw new ProviderFailure(details, leftBehind(metadata?.get("grpc-status-details-bin")[0]));
  }
}

function leftBehind(bytes: string | Buffer | undefined): ProviderFailure["left"] {
  if (bytes === undefined || typeof bytes === "string") return undefined;
  const [packed] = statusProto.Status.deserializeBinary(bytes).getDetailsList();
  const failed = packed?.unpack(
    provider.ErrorResourceInitFailed.deserializeBinary,
    "pulumirpc.ErrorResourceInitFailed",
  );
  if (failed === undefined || failed === null) return undefined;
  return { id: failed.getId(), outputs: valuesOf(failed.getProperties()), inputs: valuesOf(failed.getInputs()) };
}
