import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { projectId } from "../../../src/local-cloud/openstack/keystone/keystone.ts";
import type { BuildChoice } from "../../../src/stack/stack-context.ts";
import type { SystemPlan } from "../../../src/systems/contract.ts";
import type { Project } from "../../../src/systems/load-project.ts";
import { buildStack } from "../../../src/systems/project-plan.ts";
import { type CloudAnswers, type Invocation, type Registration, record } from "../../components/recording-cloud.ts";

/** What a program registers for one Plan, with references in the place of values that only a cloud knows. */
export interface RecordedProgram {
  /** In the order in which they were registered. */
  readonly registrations: readonly Registration[];
  readonly invocations: readonly Invocation[];
  /** The stack's outputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** An output of a resource, or of the answer to a look-up, inside a text. */
export interface Reference {
  /** Type and name of the resource, or the number of the look-up. */
  readonly of: string;
  /** Path of the output: `id`, `endpoints.0.domain`. */
  readonly path: string;
}

/** References take the form of a host name: the program judges some of the values that it gets. */
const pattern = /ref-(\d+)\.simulated/g;
const known = new Map<string, string>();
const references: Reference[] = [];

function referenceTo(reference: Reference): string {
  const key = `${reference.of}|${reference.path}`;
  const text = known.get(key) ?? `ref-${references.push(reference) - 1}.simulated`;
  known.set(key, text);
  return text;
}

/** Replaces the references in a value. @param resolve returns undefined for one that is not known yet: the whole text is unknown then */
export function resolveReferences(
  value: unknown,
  resolve: (reference: Reference) => unknown,
  unknown: unknown,
): unknown {
  if (typeof value === "string") {
    if (!value.includes(".simulated")) return value;
    const whole = /^ref-(\d+)\.simulated$/.exec(value);
    if (whole !== null) return resolve(referenceAt(whole[1])) ?? unknown;
    let isKnown = true;
    const text = value.replaceAll(pattern, (_, number: string) => {
      const found = resolve(referenceAt(number));
      isKnown &&= found !== undefined;
      return String(found);
    });
    return isKnown ? text : unknown;
  }
  if (Array.isArray(value)) return value.map((one) => resolveReferences(one, resolve, unknown));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, resolveReferences(one, resolve, unknown)]),
    );
  }
  return value;
}

function referenceAt(number: string | undefined): Reference {
  const found = references[Number(number)];
  if (found === undefined) throw new Error(`no reference ${number}`);
  return found;
}

/** The programs of one system, each run once: the SDK takes some hundred milliseconds for it. */
export class RecordedPrograms {
  readonly #recorded = new Map<string, Promise<RecordedProgram>>();

  of(project: Pick<Project, "system">, plan: SystemPlan, choice: BuildChoice): Promise<RecordedProgram> {
    const { says, ...options } = choice;
    const key = JSON.stringify([plan, options]);
    const known = this.#recorded.get(key) ?? recordOf(project, plan, options);
    this.#recorded.set(key, known);
    return known;
  }
}

/** Any valid one: the cloud refuses to listen with something else. */
const certificate = readFileSync(join(import.meta.dirname, "../../e2e/fixtures/stack-2ea04d2/tls.p12")).toString(
  "base64",
);

async function recordOf(
  project: Pick<Project, "system">,
  plan: SystemPlan,
  options: Omit<BuildChoice, "says">,
): Promise<RecordedProgram> {
  const recorded = await record(
    () => buildStack(project, plan, { ...options, cloud: "local", tlsPkcs12: certificate }),
    symbolicAnswers,
  );
  const outputs = await new Promise<Readonly<Record<string, unknown>>>((resolve) => {
    pulumi.output(recorded.outputs).apply((known) => resolve(known as Readonly<Record<string, unknown>>));
  });
  return { registrations: recorded.registrations.map(asRegistered), invocations: recorded.invocations, outputs };
}

/** The SDK's mocks name the stack in the URN of a component, the engine does not. */
function asRegistered(registration: Registration): Registration {
  const text = JSON.stringify(registration).replaceAll("::pulumi:pulumi:Stack$", "::");
  return JSON.parse(text) as Registration;
}

const symbolicAnswers: CloudAnswers = {
  resource: (type, name, added) => {
    const of = `${type}/${name}`;
    const fixed = fixedOutputs[type];
    return { id: referenceTo({ of, path: "id" }), ...(fixed === undefined ? symbolic(of, added) : fixed(name, added)) };
  },
  lookUp: (number, answer) => {
    const found = symbolic(`look-up ${number}`, answer) as Record<string, unknown>;
    // The program chooses by name.
    const { flavors } = answer;
    if (!Array.isArray(flavors)) return { ...found, name: answer.name };
    const named = flavors.map(({ name }: { name: string }, index) => ({
      name,
      id: referenceTo({ of: `look-up ${number}`, path: `flavors.${index}.id` }),
    }));
    return { ...found, flavors: named };
  },
};

/** Outputs that the program computes signatures with. The model engine and the local cloud give the same. */
const fixedOutputs: Readonly<
  Record<string, (name: string, added: Readonly<Record<string, unknown>>) => Record<string, unknown>>
> = {
  "random:index/randomPassword:RandomPassword": (name, { result }) => ({
    result: passwordOf(name, String(result).length),
  }),
  "ovh:Vrack/cloudProject:CloudProject": () => ({ projectId }),
};

/** What the model engine answers for a random password. */
export function passwordOf(name: string, length: number): string {
  return createHash("sha256").update(name).digest("hex").repeat(2).slice(0, length);
}

function symbolic(of: string, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const at = (value: unknown, path: string): unknown => {
    if (typeof value === "string") return referenceTo({ of, path });
    if (Array.isArray(value)) return value.map((one, index) => at(one, `${path}.${index}`));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, at(one, `${path}.${key}`)]));
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, at(value, key)]));
}
