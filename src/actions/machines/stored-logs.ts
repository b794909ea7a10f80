import { unzlibSync } from "fflate";
import type { BucketPlace, ContainerClient } from "../../clouds/clients.ts";
import { logsPrefix } from "../../machines/document.ts";
import { patternInvalid, sessionPrograms } from "./journal-command.ts";
import { isAboutSession } from "./session-lines.ts";

/** One line of a machine's journal, as it is stored. */
interface LogLine {
  /** ISO 8601, with microseconds. */
  readonly at: string;
  /** Program that wrote it, such as `sshd`. */
  readonly identifier: string;
  /** Process id; empty: unknown. */
  readonly process: string;
  readonly message: string;
}

export interface StoredLogs {
  readonly lines: readonly LogLine[];
  /** Time of the newest line that is stored, whatever was asked for; undefined: nothing is stored. */
  readonly newest: string | undefined;
}

interface StoredLogsQuery {
  readonly machine: string;
  readonly since: Date;
  /** Regular expression; in small letters it matches capital ones too, as journalctl's does. */
  readonly grep?: string | undefined;
  /** Only the sessions of administrators; false: everything else. */
  readonly sessions: boolean;
}

/** Pieces that are read at the same time. */
const atOnce = 8;

/** Reads a machine's journal from the container that it sends it to. @throws LorError `pattern-invalid` */
export async function storedLogs(
  containers: ContainerClient,
  container: BucketPlace,
  { machine, since, grep, sessions }: StoredLogsQuery,
): Promise<StoredLogs> {
  const wanted = patternOf(grep);
  const names = (await containers.list(container, logsPrefix(machine))).toSorted();
  // Without its zone a moment sorts before every longer fraction of the same second.
  const first = since.toISOString().slice(0, -1);
  const lines: LogLine[] = [];
  let newest: string | undefined;
  const chosen = piecesSince(names, logsPrefix(machine), first);
  for (let index = 0; index < chosen.length; index += atOnce) {
    const pieces = await Promise.all(
      chosen.slice(index, index + atOnce).map((name) => containers.read(container, name)),
    );
    for (const line of pieces.flatMap(linesOf)) {
      newest = newest === undefined || line.at > newest ? line.at : newest;
      if (line.at >= first && (wanted === undefined || wanted.test(line.message))) {
        if (sessions ? sessionPrograms.includes(line.identifier) : !isAboutSession(line)) lines.push(line);
      }
    }
  }
  return { lines: lines.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)), newest };
}

/** Names begin with the time of their first line, so the piece before the first later one may hold lines too. */
function piecesSince(names: readonly string[], prefix: string, first: string): readonly string[] {
  const key = first.replaceAll(":", "-");
  const later = names.findIndex((name) => name.slice(prefix.length) >= key);
  return names.slice(later < 0 ? Math.max(0, names.length - 1) : Math.max(0, later - 1));
}

/** Written by a machine: whatever is no line is left out. */
function linesOf(piece: unknown): readonly LogLine[] {
  if (typeof piece !== "object" || piece === null || !("packed" in piece) || typeof piece.packed !== "string")
    return [];
  const text = new TextDecoder().decode(unzlibSync(Buffer.from(piece.packed, "base64")));
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    const { t, i, p, m } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    if (typeof t !== "string" || typeof m !== "string") return [];
    return [{ at: t, identifier: String(i ?? ""), process: String(p ?? ""), message: m }];
  });
}

function patternOf(grep: string | undefined): RegExp | undefined {
  if (grep === undefined) return undefined;
  try {
    return new RegExp(grep, grep === grep.toLowerCase() ? "i" : "");
  } catch (error) {
    throw patternInvalid(grep, error);
  }
}
