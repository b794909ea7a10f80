import * as pulumi from "@pulumi/pulumi";
import { declaredDependencies } from "./declared-dependencies.ts";
import type { Adoption, EngineEvent, Program } from "./port.ts";
import type { SecretScrubber } from "./secret-scrubber.ts";

/** What a run's program left behind, seen from inside it. */
export interface Watched {
  /** To hand to the engine in place of the program. */
  readonly program: () => Promise<Record<string, unknown>>;
  /** Outputs in clear, once the program has ended. */
  readonly outputs: () => Readonly<Record<string, unknown>>;
  /** What the program itself threw, if it did. */
  readonly thrown: () => unknown;
  /** URN -> values of the inputs that the provider could not read back while adopting. */
  readonly unreadableInputs: () => Promise<ReadonlyMap<string, Readonly<Record<string, KnownInput>>>>;
}

export interface KnownInput {
  readonly value: unknown;
  readonly secret: boolean;
}

export interface WatchArgs {
  readonly program: Program;
  readonly projectName: string;
  readonly stackName: string;
  readonly adopt: ReadonlyMap<string, Adoption> | undefined;
  readonly scrubber: SecretScrubber;
  readonly tell: (event: EngineEvent) => void;
}

/**
 * Wraps a program for one run: adopts what must not be created again, learns the secrets that pass through it, and keeps its outputs
 * in process, so that no engine process is needed to ask for them.
 */
export function watchProgram(args: WatchArgs): Watched {
  let outputs: Readonly<Record<string, unknown>> = {};
  let thrown: unknown;
  const unreadable = new Map<string, Record<string, Promise<KnownInput>>>();
  const program = async (): Promise<Record<string, unknown>> => {
    pulumi.runtime.registerStackTransformation(resourceWatcher(args, unreadable));
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
    }
  };
  return {
    program,
    outputs: () => outputs,
    thrown: () => thrown,
    unreadableInputs: async () => settled(unreadable),
  };
}

function resourceWatcher(
  args: WatchArgs,
  unreadable: Map<string, Record<string, Promise<KnownInput>>>,
): pulumi.ResourceTransformation {
  /** Types from the outermost component down, as a URN writes them. */
  const typePaths = new WeakMap<pulumi.Resource, string>();
  const urns = new WeakMap<pulumi.Resource, string>();
  return ({ resource, type, name, props, opts }) => {
    learnSecrets(props, args.scrubber);
    const parentPath = opts.parent === undefined ? undefined : typePaths.get(opts.parent);
    const typePath = parentPath === undefined ? type : `${parentPath}$${type}`;
    typePaths.set(resource, typePath);
    const urn = `urn:pulumi:${args.stackName}::${args.projectName}::${typePath}::${name}`;
    urns.set(resource, urn);
    const dependsOn = [...declaredDependencies(props, opts)].flatMap((dependency) => urns.get(dependency) ?? []);
    args.tell({ kind: "declared", urn, dependsOn });
    const adoption = args.adopt?.get(urn);
    if (adoption === undefined) {
      return undefined;
    }
    unreadable.set(
      urn,
      Object.fromEntries(
        adoption.unreadable
          .filter((property) => props[property] !== undefined)
          .map((property) => [property, knownInput(props[property])]),
      ),
    );
    const options: pulumi.CustomResourceOptions = {
      ...opts,
      import: adoption.id,
      ignoreChanges: [...new Set([...(opts.ignoreChanges ?? []), ...adoption.unreadable])],
    };
    return { props, opts: options };
  };
}

async function knownInput(input: unknown): Promise<KnownInput> {
  const whole = pulumi.output(input) as pulumi.Output<unknown>;
  const value = await new Promise<unknown>((resolve) => whole.apply(resolve));
  return { value, secret: await pulumi.isSecret(whole) };
}

async function settled(
  unreadable: ReadonlyMap<string, Readonly<Record<string, Promise<KnownInput>>>>,
): Promise<ReadonlyMap<string, Readonly<Record<string, KnownInput>>>> {
  const result = new Map<string, Readonly<Record<string, KnownInput>>>();
  for (const [urn, inputs] of unreadable) {
    const entries = await Promise.all(Object.entries(inputs).map(async ([key, input]) => [key, await input] as const));
    result.set(urn, Object.fromEntries(entries));
  }
  return result;
}

/** Walks inputs or outputs down to their secret values. */
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
