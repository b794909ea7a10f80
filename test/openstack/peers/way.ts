import type { Run } from "../../e2e/project.ts";
import type { Cloud } from "../cloud.ts";

/** What a command that has to succeed printed. @throws with the end of what it said, when it failed */
export function outputOf(what: string, { code, stdout, stderr }: Run): string {
  if (code !== 0) throw new Error(`${what} ended with ${code}:\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
  return stdout;
}

/** One tool that creates the shop in normal, switches it to rush and deletes it, in an OpenStack project of its own. */
export interface Way {
  readonly name: string;
  readonly cloud: Cloud;
  create(): Promise<Run>;
  /** What it would do now is nothing: so the switch does what makes a rush and no more. @throws otherwise */
  requireSettled(): Promise<void>;
  rush(): Promise<Run>;
  destroy(): Promise<Run>;
  /** Forgets the state; what is in OpenStack has been deleted before. */
  close(): Promise<void>;
}
