import * as pulumi from "@pulumi/pulumi";
import type { KnownInput, KnownInputs } from "./adopted-inputs.ts";
import { declaredDependencies } from "./declared-dependencies.ts";
import type { Adoption, EngineEvent, Program } from "./port.ts";
import { RecordedOrder } from "./recorded-order.ts";
import type { SecretScrubber } from "./secret-scrubber.ts";

/** Results of a run's program, recorded in this process. */
export interface Watched {
  /** Program to pass to the engine. */
  readonly program: () => Promise<Record<string, unknown>>;
  /** Outputs in clear, once the program has ended. */
  readonly outputs: () => Readonly<Record<string, unknown>>;
  /** Exception of the program, if any. */
  readonly thrown: () => unknown;
  /** URN -> the program's values of the requested inputs. */
  readonly knownInputs: () => Promise<KnownInputs>;
}

export interface WatchArgs {
  readonly program: Program;
  readonly projectName: string;
  readonly stackName: string;
  readonly adopt: ReadonlyMap<string, Adoption> | undefined;
  readonly keep: ReadonlySet<string> | undefined;
  readonly without: ReadonlySet<string> | undefined;
  readonly recordedOrder: ReadonlyMap<string, readonly string[]> | undefined;
  /** URNs whose inputs are all requested; of adopted resources only the write-only ones are. */
  readonly enter: ReadonlySet<string> | undefined;
  readonly scrubber: SecretScrubber;
  readonly tell: (event: EngineEvent) => void;
}

/**
 * Wraps a program for one run: adopts resources that must not be created again, collects the secrets that pass through it, and keeps its outputs in
 * this process, so that no engine process is needed to query them.
 */
export function watchProgram(args: WatchArgs): Watched {
  let outputs: Readonly<Record<string, unknown>> = {};
  let thrown: unknown;
  const inputs: PendingInputs = new Map();
  const program = async (): Promise<Record<string, unknown>> => {
    const order = args.recordedOrder === undefined ? undefined : new RecordedOrder(args.recordedOrder);
    pulumi.runtime.registerStackTransformation(resourceWatcher(args, inputs, order));
    try {
      const declared = await args.program();
      learnSecrets(declared, args.scrubber);
      pulumi.output(declared).apply((values) => {
        outputs = values;
      });
      return declared;
    } catch (error) {
      thrown = error;
      throw error;
    } finally {
      order?.complete();
    }
  };
  return {
    program,
    outputs: () => outputs,
    thrown: () => thrown,
    knownInputs: async () => settled(inputs),
  };
}

type PendingInputs = Map<string, Readonly<Record<string, Promise<KnownInput>>>>;

function resourceWatcher(
  args: WatchArgs,
  inputs: PendingInputs,
  order: RecordedOrder | undefined,
): pulumi.ResourceTransformation {
  /** Types from the outermost component inwards, as in a URN. */
  const typePaths = new WeakMap<pulumi.Resource, string>();
  const urns = new WeakMap<pulumi.Resource, string>();
  return ({ resource, type, name, props, opts }) => {
    learnSecrets(props, args.scrubber);
    const parentPath = opts.parent === undefined ? undefined : typePaths.get(opts.parent);
    const typePath = parentPath === undefined ? type : `${parentPath}$${type}`;
    typePaths.set(resource, typePath);
    const urn = `urn:pulumi:${args.stackName}::${args.projectName}::${typePath}::${name}`;
    urns.set(resource, urn);
    const urnsOf = (found: ReadonlySet<pulumi.Resource>) => [...found].flatMap((one) => urns.get(one) ?? []);
    const dependsOn = urnsOf(declaredDependencies(props, opts));
    args.tell({ kind: "declared", urn, dependsOn, needs: urnsOf(declaredDependencies(props, {})) });
    const parent = opts.parent === undefined ? undefined : urns.get(opts.parent);
    const recorded = order?.declare(urn, resource, { dependsOn, parent });
    const adoption = args.adopt?.get(urn);
    const asked = args.enter?.has(urn) === true ? Object.keys(props) : (adoption?.writeOnlyInputs ?? []);
    if (asked.length > 0) {
      inputs.set(urn, inputsOf(props, asked));
    }
    const kept = args.keep?.has(urn) === true;
    if (adoption === undefined && !kept && recorded === undefined) {
      return undefined;
    }
    const ignored = [
      ...(opts.ignoreChanges ?? []),
      ...(adoption?.writeOnlyInputs ?? []),
      ...(adoption?.importOnlyInputs ?? []),
      // The SDK passes every input, including those that the program omits.
      ...(kept ? Object.keys(props).filter((name) => props[name] !== undefined) : []),
    ];
    const options: pulumi.CustomResourceOptions = {
      ...opts,
      ...(adoption === undefined ? {} : { import: adoption.id }),
      ignoreChanges: [...new Set(ignored)],
      ...waitingFor(opts.dependsOn, (one) => args.without?.has(urns.get(one) ?? "") !== true, recorded),
    };
    return { props, opts: options };
  };
}

function inputsOf(props: pulumi.Inputs, names: readonly string[]): Readonly<Record<string, Promise<KnownInput>>> {
  const given = names.filter((name) => props[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, knownInput(props[name])]));
}

/** Dependencies by options alone, without those that will not exist: the engine would refuse them. */
function waitingFor(
  dependsOn: pulumi.ResourceOptions["dependsOn"],
  there: (resource: pulumi.Resource) => boolean,
  recorded: Promise<readonly pulumi.Resource[]> | undefined,
): pulumi.ResourceOptions {
  if (!Array.isArray(dependsOn) && dependsOn !== undefined) return {};
  const given: readonly pulumi.Input<pulumi.Resource>[] = Array.isArray(dependsOn) ? dependsOn : [];
  const own = given.filter((one) => !pulumi.Resource.isInstance(one) || there(one));
  if (recorded === undefined) return { dependsOn: own };
  const both: Promise<pulumi.Input<pulumi.Resource>[]> = recorded.then((more) => [...own, ...more.filter(there)]);
  return { dependsOn: both };
}

async function knownInput(input: unknown): Promise<KnownInput> {
  const whole = pulumi.output(input) as pulumi.Output<unknown>;
  const secret = await pulumi.isSecret(whole);
  if (!(await isKnown(whole))) {
    // No `apply` ever runs on it.
    return { known: false, value: undefined, secret };
  }
  return { known: true, value: await new Promise<unknown>((resolve) => whole.apply(resolve)), secret };
}

/** The SDK has this on every output but not in its type declarations. */
async function isKnown(output: object): Promise<boolean> {
  return (await (output as { readonly isKnown?: Promise<boolean> }).isKnown) !== false;
}

async function settled(pending: PendingInputs): Promise<KnownInputs> {
  const result = new Map<string, Readonly<Record<string, KnownInput>>>();
  for (const [urn, inputs] of pending) {
    const entries = await Promise.all(Object.entries(inputs).map(async ([key, input]) => [key, await input] as const));
    result.set(urn, Object.fromEntries(entries));
  }
  return result;
}

/** Collects the secret values inside inputs or outputs. */
function learnSecrets(value: unknown, scrubber: SecretScrubber, depth = 0): void {
  if (typeof value !== "object" || value === null || depth > 8 || pulumi.Resource.isInstance(value)) {
    return;
  }
  if (isOutput(value)) {
    void pulumi.isSecret(value).then((secret) => {
      if (secret) {
        value.apply((known) => scrubber.learn(known));
      }
    });
    return;
  }
  for (const entry of Object.values(value)) {
    learnSecrets(entry, scrubber, depth + 1);
  }
}

function isOutput(value: object): value is pulumi.Output<unknown> {
  return pulumi.Output.isInstance<unknown>(value);
}
