import type { Run } from "../../e2e/project.ts";
import type { Cloud } from "../cloud.ts";

/** What a command that has to succeed printed. @throws with what it said went wrong, when it failed */
export function outputOf(what: string, run: Run): string {
  if (run.code !== 0) throw new Error(`${what} failed: ${errorOf(run)}`);
  return run.stdout;
}

/** The lines of a tool that say what went wrong, or what it would change: what it prints besides can have secrets in it. */
export function errorOf({ code, stdout, stderr }: Run): string {
  const telling =
    /\berror\b|✗|failed|^\s*# \S+ (will|must) be|^\s*[~+-]{1,2} +\S+:\S+ +\S+ +(update|create|delete|replace)/i;
  const lines = `${stderr}\n${stdout}`.split("\n").filter((line) => telling.test(line));
  const said = lines.slice(0, 5).map((line) => line.replace(/^[│╷╵\s]+/u, ""));
  return [`exit ${code}`, ...said].join("; ");
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
