import { LorError, messageOf } from "../core/errors.ts";
import { mapInParallel } from "../core/map-in-parallel.ts";
import type { MachineAccess } from "./machine-access.ts";

/** Something on a machine that is not as it was recorded. */
interface Difference {
  /** Playbook that manages it, or `bundle`. */
  readonly source: string;
  readonly kind: "file" | "package" | "unit";
  /** Path, package or unit. */
  readonly name: string;
  /** What differs, such as `content`, `mode`, `owner`, `version`, `active`, or `kind` when a file is missing. */
  readonly what: string;
  /** Recorded value and value seen; absent for contents, which may be secret. */
  readonly was?: string | null;
  readonly now?: string | null;
}

export type Comparison =
  | {
      readonly machine: string;
      readonly state: "same" | "different";
      /** Time of the last run, ISO 8601. */
      readonly recordedAt: string;
      readonly differences: readonly Difference[];
      /** Packages that are newer than recorded: updates, which the machine installs by itself. */
      readonly upgrades: readonly Difference[];
    }
  | { readonly machine: string; readonly state: "unknown"; readonly reason: string };

export interface CompareMachinesArgs {
  readonly machines: readonly string[];
  readonly commands: MachineAccess;
  /** Machines that are asked at the same time. Default 32; a bastion with OpenSSH's own settings drops connections from 10 on (MaxStartups). */
  readonly parallel?: number;
  /** Limit for each machine, in milliseconds. Default 30000. */
  readonly limit?: number;
  /** Receives each result as it arrives. */
  readonly onComparison?: (comparison: Comparison) => void;
  readonly signal?: AbortSignal;
}

const check = ["sudo", "-n", "/usr/local/sbin/lor-drift", "check"];

/**
 * Compares machines with what their last run recorded, by one command for each.
 *
 * @returns the results in the order of the machines. A machine that cannot be asked is `unknown`, never `same`.
 */
export async function compareMachines(args: CompareMachinesArgs): Promise<readonly Comparison[]> {
  const { machines, parallel = 32 } = args;
  const results = await mapInParallel(machines, parallel, async (machine) => {
    const comparison = await compare(machine, args);
    args.onComparison?.(comparison);
    return comparison;
  });
  args.signal?.throwIfAborted();
  return results;
}

async function compare(
  machine: string,
  { commands, limit = 30_000, signal }: CompareMachinesArgs,
): Promise<Comparison> {
  const unknown = (reason: string): Comparison => ({ machine, state: "unknown", reason });
  if (isAborted(signal)) return unknown("the comparison was stopped");
  try {
    const { stdout, stderr } = await commands.run(machine, check, { limit, signal, cheapKeyExchange: true });
    const answer = parseAnswer(stdout);
    if (answer === undefined) return unknown(stderr.trim() || "lor-drift printed nothing");
    return answer.state === "unknown" ? unknown(answer.reason) : { machine, ...answer };
  } catch (error) {
    if (error instanceof LorError || isAborted(signal)) return unknown(messageOf(error));
    throw error;
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

type Answer =
  | Omit<Extract<Comparison, { recordedAt: string }>, "machine">
  | { readonly state: "unknown"; readonly reason: string };

function parseAnswer(text: string): Answer | undefined {
  try {
    const { version: _version, ...answer } = JSON.parse(text) as Answer & { readonly version: number };
    return answer;
  } catch {
    return undefined;
  }
}

/** One difference, and the machines that have it. */
export interface SharedDifference {
  readonly difference: Difference;
  readonly machines: readonly string[];
}

/** Who differs, and in what: equal differences together, those of most machines first. */
export function groupDifferences(comparisons: readonly Comparison[]): readonly SharedDifference[] {
  const groups = new Map<string, { readonly difference: Difference; readonly machines: string[] }>();
  for (const comparison of comparisons) {
    if (comparison.state !== "different") continue;
    for (const difference of comparison.differences) {
      const { kind, name, what, now = "" } = difference;
      const key = JSON.stringify([kind, name, what, now]);
      const group = groups.get(key) ?? { difference, machines: [] };
      group.machines.push(comparison.machine);
      groups.set(key, group);
    }
  }
  return [...groups.values()].sort((a, b) => b.machines.length - a.machines.length);
}
