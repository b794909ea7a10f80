import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { sessionPrograms } from "./journal-command.ts";

/** Where a line of a journal comes from, and what it says. */
interface Entry {
  /** Program that wrote it. */
  readonly identifier: string;
  /** Process id; empty: unknown. */
  readonly process: string;
  readonly message: string;
}

/** Programs that write about every login besides those that record who it was. */
const loginPrograms: readonly string[] = [...sessionPrograms, "systemd-logind", "(systemd)", "(sd-pam)"];

/** Units that systemd makes for a login. */
const loginUnits = /\b(session-\w+\.scope|user@\d+\.service|user-runtime-dir@\d+\.service|user-\d+\.slice)\b/;

/** Whether a line is about somebody who logged in: every command that reaches a machine writes about fifty of them. */
export function isAboutSession({ identifier, process, message }: Entry): boolean {
  if (identifier === "systemd") return process !== "1" || loginUnits.test(message);
  return loginPrograms.includes(identifier);
}

/** A filter for the lines of journalctl's `short-iso`, in their order. A message of several lines goes on in indented ones. */
export function outsideSessions(): (line: string) => boolean {
  let wanted = true;
  return (line) => {
    const [, identifier, process = "", message = ""] =
      /^\d{4}-\d{2}-\d{2}T\S+ \S+ (.+?)(?:\[(\d+)\])?: (.*)$/.exec(line) ?? [];
    if (identifier !== undefined) wanted = !isAboutSession({ identifier, process, message });
    return wanted;
  };
}

/** Passes on the whole lines that a filter wants. */
export function linesOnly(wants: (line: string) => boolean, pass: (text: string) => void): Writable {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const take = (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    const wanted = lines.filter(wants);
    if (wanted.length > 0) pass(`${wanted.join("\n")}\n`);
  };
  return new Writable({
    write(chunk: Buffer, _, done) {
      take(decoder.write(chunk));
      done();
    },
    final(done) {
      take(decoder.end());
      if (rest !== "" && wants(rest)) pass(rest);
      done();
    },
  });
}
