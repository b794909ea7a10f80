/** Events of a playbook run, in the order in which Ansible emits them. */
export type AnsibleEvent =
  | { readonly event: "playbook"; readonly path: string }
  | { readonly event: "play"; readonly name: string }
  | { readonly event: "task"; readonly name: string }
  | {
      readonly event: "result";
      readonly host: string;
      readonly task: string;
      readonly status: TaskStatus;
      /** Reason of a failure; without a reason when the task hides its output (`no_log`). */
      readonly message?: string;
    }
  /** Difference that a task made, or would make in a preview: unified diff. */
  | { readonly event: "diff"; readonly host: string; readonly task: string; readonly diff: string }
  | { readonly event: "recap"; readonly hosts: Readonly<Record<string, HostCounts>> };

/** `ignored`: the task failed and the playbook goes on (`ignore_errors`). */
type TaskStatus = "ok" | "changed" | "skipped" | "failed" | "ignored" | "unreachable";

/** Numbers of tasks by their end. */
export interface HostCounts {
  readonly ok: number;
  readonly changed: number;
  readonly failures: number;
  readonly unreachable: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
}

/**
 * Reads a line of the callback plugin `lor_events`.
 *
 * @param clean removes secrets from each text of the event.
 * @throws SyntaxError if the line is not JSON
 */
export function parseEvent(line: string, clean: (text: string) => string): AnsibleEvent {
  return JSON.parse(line, (_key, value: unknown) => (typeof value === "string" ? clean(value) : value)) as AnsibleEvent;
}
