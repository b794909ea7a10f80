import zlib from "node:zlib";
import { LorError } from "../core/errors.ts";
import { type ChainEntry, resourcesOf } from "../domain/state-chain.ts";
import type { SharedFiles } from "./shared-files.ts";
import { brokenReference } from "./state-integrity.ts";

/** Part of a stack's shared state that locates its checkpoint, and whether there ever was one. */
interface CheckpointPlace {
  readonly backend: SharedFiles;
  readonly project: string;
  readonly stack: string;
  readonly chain: { entries(): Promise<readonly ChainEntry[]> };
}

/** The file in which the engine keeps the state of a stack. "Cannot be read" is a case of its own and is never treated as "does not exist". */
export type Checkpoint =
  /** The stack was never created in this backend, or its last recorded state was empty. */
  | { readonly kind: "none" }
  | { readonly kind: "readable"; readonly text: string; readonly form: StateForm }
  | {
      readonly kind: "unreadable";
      /** Path or URL of the file. */
      readonly where: string;
      /** Such as `is cut off: its JSON does not end`; continues the name of the file. */
      readonly problem: string;
      /** Next command when restoring a copy is not the remedy. */
      readonly remedy?: string;
      /** Text of the file, to be copied; undefined when there is none. */
      readonly text: string | undefined;
    };

/** Compressed forms that the engine writes with PULUMI_DIY_BACKEND_GZIP or _ZSTD. */
export const compressions = [".gz", ".zst"] as const;

export function checkpointPath({ project, stack }: Pick<CheckpointPlace, "project" | "stack">): string {
  return `.pulumi/stacks/${project}/${stack}.json`;
}

/** Reads the engine's file of a stack. */
export async function readCheckpoint(place: CheckpointPlace): Promise<Checkpoint> {
  const { backend } = place;
  const path = checkpointPath(place);
  const where = backend.where(path);
  let text: string | undefined;
  try {
    text = await backend.read(path);
  } catch (error) {
    if (error instanceof LorError || !(error instanceof Error && "code" in error)) throw error;
    return { kind: "unreadable", where, problem: `cannot be read (${String(error.code)})`, text: undefined };
  }
  if (text === undefined) return await readOtherForms(place);
  const parsed = parseState(text);
  return parsed.ok
    ? { kind: "readable", text, form: parsed.form }
    : {
        kind: "unreadable",
        where,
        problem: parsed.problem,
        ...(parsed.remedy === undefined ? {} : { remedy: parsed.remedy }),
        text,
      };
}

/** Checkpoint of a backend without the plain file: compressed, of the layout without projects, deleted, or new. */
async function readOtherForms(place: CheckpointPlace): Promise<Checkpoint> {
  const { backend, chain, project, stack } = place;
  const path = checkpointPath(place);
  const names = await backend.list(`.pulumi/stacks/${project}`);
  const compressed = compressions.find((extension) => names.includes(`${stack}.json${extension}`));
  if (compressed !== undefined) {
    const name = `${stack}.json${compressed}`;
    return {
      kind: "unreadable",
      where: backend.where(`${path}${compressed}`),
      problem: "is compressed: plain `pulumi` wrote it with PULUMI_DIY_BACKEND_GZIP or PULUMI_DIY_BACKEND_ZSTD set",
      remedy: `unset these variables, then lor-infra state restore stacks/${project}/${name}`,
      text: undefined,
    };
  }
  const legacy = `.pulumi/stacks/${stack}.json`;
  if ((await backend.list(".pulumi/stacks")).includes(`${stack}.json`)) {
    return {
      kind: "unreadable",
      where: backend.where(legacy),
      problem: "has the layout without projects: plain `pulumi` wrote it with PULUMI_DIY_BACKEND_LEGACY_LAYOUT set",
      remedy: `unset that variable, then lor-infra state restore stacks/${stack}.json`,
      text: undefined,
    };
  }
  const left = Object.keys(resourcesOf(await chain.entries())).length;
  const unfinished = names.find((name) => name.startsWith(`${stack}.json.`) && name.endsWith(".bak"));
  if (left === 0 && unfinished === undefined) return { kind: "none" };
  return {
    kind: "unreadable",
    where: backend.where(path),
    problem:
      left > 0
        ? `is missing, though the last recorded state had ${left} resources`
        : `is missing, though its copy ${unfinished} is there`,
    text: undefined,
  };
}

/** A state in the form of the engine's export. */
export interface StateForm {
  readonly version: 3 | 4;
  /** Features of version 4 that an engine must support to read it. */
  readonly features?: readonly string[];
  readonly deployment: Readonly<Record<string, unknown>> & { readonly resources?: readonly unknown[] };
}

type ParsedState =
  | { readonly ok: true; readonly form: StateForm }
  | { readonly ok: false; readonly problem: string; readonly remedy?: string };

/** Parses an export, or a backend's own file. */
export function parseState(text: string): ParsedState {
  if (text.trim() === "") return failed("is empty");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failed(isCutOff(text) ? "is cut off: its JSON does not end" : "is not JSON");
  }
  if (!isRecord(value)) return failed("is JSON, but not a state of Pulumi");
  const { version, features, checkpoint, deployment } = value;
  const holder = isRecord(checkpoint) ? checkpoint : undefined;
  // The engine writes no `latest` for a stack that never had a resource.
  const latest = holder === undefined ? deployment : (holder.latest ?? {});
  if (typeof version !== "number" || !isRecord(latest)) return failed("is JSON, but not a state of Pulumi");
  if (version > 4) {
    return {
      ok: false,
      problem: `has version ${version}: a newer Pulumi wrote it, and this one reads versions 3 and 4`,
      remedy: "run the same command with a newer lor-infra",
    };
  }
  if (version !== 3 && version !== 4) return failed(`has version ${version}, and versions 3 and 4 are read`);
  const resources = latest.resources ?? [];
  if (!isListOfResources(resources)) return failed("lists resources without a URN");
  const broken = brokenReference(resources);
  if (broken !== undefined) return failed(broken);
  return {
    ok: true,
    form: {
      version,
      ...(Array.isArray(features) ? { features: features.map(String) } : {}),
      deployment: latest as StateForm["deployment"],
    },
  };
}

/** Converts an export or a backend's own file to an export; undefined for anything else. */
export function exportOf(text: string): StateForm | undefined {
  const parsed = parseState(text);
  return parsed.ok ? parsed.form : undefined;
}

/** Converts an export to the backend's own file. */
export function checkpointText({ version, features, deployment }: StateForm, project: string, stack: string): string {
  const checkpoint = { stack: `organization/${project}/${stack}`, latest: deployment };
  return `${JSON.stringify({ version, ...(features === undefined ? {} : { features }), checkpoint })}\n`;
}

/** A state without resources. */
export const emptyState: StateForm = { version: 3, deployment: {} };

/**
 * Text of a file, decompressed if needed.
 * @throws Error for a compressed file that is cut off
 */
export function stateText(bytes: Uint8Array): string {
  const starts = (...magic: readonly number[]) => magic.every((byte, index) => bytes[index] === byte);
  // Source: RFC 1952, section 2.3.1; RFC 8878, section 3.1.1.
  if (starts(0x1f, 0x8b)) return zlib.gunzipSync(bytes).toString("utf8");
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return zlib.zstdDecompressSync(bytes).toString("utf8");
  return Buffer.from(bytes).toString("utf8");
}

/**
 * The state of a stack read from the engine's backend, in the form of an export; undefined when there is none or it cannot be read. Avoids an
 * engine process where only names and outputs are needed.
 */
export async function readStateFile(place: CheckpointPlace): Promise<StateForm | undefined> {
  const checkpoint = await readCheckpoint(place);
  return checkpoint.kind === "readable" ? checkpoint.form : undefined;
}

/** Whether every opened bracket is closed, outside quotation marks: true for a complete document. */
function isCutOff(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted) {
      if (sign === "\\") at += 1;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === "{" || sign === "[") depth += 1;
    else if (sign === "}" || sign === "]") depth -= 1;
  }
  return quoted || depth > 0;
}

function isListOfResources(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.every((one) => isRecord(one) && typeof one.urn === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function failed(problem: string): ParsedState {
  return { ok: false, problem };
}
