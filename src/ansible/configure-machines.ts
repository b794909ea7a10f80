import type { Writable } from "node:stream";
import { ExitCode } from "../core/errors.ts";
import type { InventoryVariables, ManagedMachine } from "../machines/inventory.ts";
import type { AnsibleEvent, HostCounts } from "./ansible-events.ts";

/** Configures machines that are reached by SSH. */
export interface ConfigureMachines {
  /**
   * Runs a playbook. A host that fails does not stop the others.
   *
   * @throws LorError `playbook-not-run` when Ansible ended before it reached a machine, `cancelled`, `inventory-value-refused`,
   *   `secret-not-usable`, and what `installAnsible` throws.
   */
  configure(request: ConfigureRequest): Promise<ConfigureResult>;
}

export interface ConfigureRequest {
  /** `preview` changes nothing and reports what would change (`--check --diff`). */
  readonly mode: "preview" | "apply";
  /** Absolute path of a playbook. Default: the built-in one, `src/machines/playbook.yml`. */
  readonly playbook?: string;
  readonly inventory: MachineInventory;
  /**
   * Secrets by name: letters, digits and `_`. Ansible gets each as the environment variable `LOR_SECRET_NAME`, never as an argument, and every text
   * of the run is cleaned of them. Default none.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Hosts or groups to which the run is limited. Default: all. */
  readonly limit?: readonly string[];
  /** Machines that are configured at the same time. Default 10. */
  readonly forks?: number;
  /** Stops all machines at the first failure. Default false. */
  readonly stopAtFirstFailure?: boolean;
  /** Transport: Mitogen, or one SSH command for each task. Default `mitogen`. */
  readonly transport?: "mitogen" | "ssh";
  /** Configuration file of OpenSSH's client, for instance with a bastion. Default: the user's own. */
  readonly sshConfig?: string;
  /** Private key to log in with. Default: the agent's and those of the SSH configuration. */
  readonly identityFile?: string;
  /** Limit of the whole run, in milliseconds. Default one hour. */
  readonly timeLimit?: number;
  /** Receives each event, without secrets. */
  readonly onEvent?: (event: AnsibleEvent) => void;
  /** Receives Ansible's usual output, without secrets. */
  readonly output?: Writable;
  readonly signal?: AbortSignal;
}

type MachineInventory =
  | { readonly machines: readonly ManagedMachine[]; readonly variables?: InventoryVariables }
  /** An inventory of the user's own, with the file of the known host keys: no key is ever accepted that it does not hold. */
  | { readonly path: string; readonly knownHosts: string };

/** `incomplete`: the run ended before the host's last task. */
type HostState = "unchanged" | "changed" | "failed" | "unreachable" | "incomplete";

export interface HostResult {
  readonly state: HostState;
  /** Tasks that changed something, or would change it in a preview. */
  readonly changed: number;
  /** Names of the tasks that failed, each with its reason. Empty when every failure was rescued. */
  readonly failures: readonly string[];
}

export interface ConfigureResult {
  readonly mode: ConfigureRequest["mode"];
  /** `too-long`: the time limit passed and the run was ended. */
  readonly end: "complete" | "too-long";
  readonly hosts: Readonly<Record<string, HostResult>>;
}

/** Exit code of a command: failed hosts, else differences in a preview, else done. */
export function exitCodeOf({ mode, end, hosts }: ConfigureResult): ExitCode {
  const states = Object.values(hosts).map((host) => host.state);
  if (end === "too-long" || states.some((state) => state !== "unchanged" && state !== "changed"))
    return ExitCode.failed;
  return mode === "preview" && states.includes("changed") ? ExitCode.differences : ExitCode.done;
}

/** Collects the results of the hosts from the events of a run. */
export class HostResults {
  readonly #failures = new Map<string, string[]>();
  readonly #changed = new Map<string, number>();
  #recap: Readonly<Record<string, HostCounts>> | undefined;

  accept(event: AnsibleEvent): void {
    if (event.event === "recap") this.#recap = event.hosts;
    if (event.event !== "result") return;
    const { host, task, status, message } = event;
    this.#changed.set(host, (this.#changed.get(host) ?? 0) + (status === "changed" ? 1 : 0));
    if (status !== "failed" && status !== "unreachable") return;
    const failures = this.#failures.get(host) ?? [];
    this.#failures.set(host, [...failures, message === undefined ? task : `${task}: ${message}`]);
  }

  /** Whether a task ran on any host, or the run ended in order. */
  get begun(): boolean {
    return this.#changed.size > 0 || this.#recap !== undefined;
  }

  hosts(): Record<string, HostResult> {
    const names = [...new Set([...this.#changed.keys(), ...Object.keys(this.#recap ?? {})])].sort();
    return Object.fromEntries(names.map((name) => [name, this.#host(name)]));
  }

  #host(name: string): HostResult {
    const counts = this.#recap?.[name];
    const changed = counts?.changed ?? this.#changed.get(name) ?? 0;
    const state = stateOf(counts);
    const rescued = state === "changed" || state === "unchanged";
    return { state, changed, failures: rescued ? [] : (this.#failures.get(name) ?? []) };
  }
}

function stateOf(counts: HostCounts | undefined): HostState {
  if (counts === undefined) return "incomplete";
  if (counts.unreachable > 0) return "unreachable";
  if (counts.failures > 0) return "failed";
  return counts.changed > 0 ? "changed" : "unchanged";
}
