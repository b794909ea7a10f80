import { readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { ExitCode, LorError, messageOf } from "../core/errors.ts";

/**
 * Environment variable with the extension roots: absolute folders, separated by colons. Each may contain `systems/`, `clouds/` and `local-cloud/`.
 */
export const extensionsVariable = "LOR_INFRA_EXTENSIONS";

/** Folders that may hold modules of one kind: the built-in one first, then those of the extension roots. */
export interface ModulePlaces {
  /** Built-in folder, such as `src/systems`. */
  readonly builtIn: string;
  /** Its name below an extension root, such as `systems`. */
  readonly kind: "systems" | "clouds" | "local-cloud";
  /** Value of LOR_INFRA_EXTENSIONS; undefined or empty: only the built-in ones. */
  readonly extensions: string | undefined;
}

/** Name under which a module exports its definition. */
const exportNames = { systems: "system", clouds: "cloud", "local-cloud": "simulator" } as const;
const entryFiles = ["index.ts", "index.js"];

/**
 * Imports every `<id>/index.(ts|js)` of the places. Folders without such a file are skipped.
 * @param read returns the definition of a module; undefined: the module exports none
 * @returns definitions by id, which is the name of the folder
 * @throws LorError `extension-invalid` that names an unreadable folder, a module that cannot be loaded or has no definition, or two with one id
 */
export async function loadModules<T extends { readonly id: string }>(
  places: ModulePlaces,
  read: (module: Readonly<Record<string, unknown>>) => T | undefined,
): Promise<ReadonlyMap<string, T>> {
  const entries = [
    ...entriesBelow(places.builtIn),
    ...extensionRoots(places.extensions).flatMap((root) => entriesOfRoot(root, places.kind)),
  ];
  const found = new Map<string, { readonly definition: T; readonly file: string }>();
  for (const { id, file } of entries) {
    const definition = read(await importModule(file));
    if (definition?.id !== id)
      throw refuse(`${file} must export a ${exportNames[places.kind]} with the id "${id}" (the folder's name)`);
    const other = found.get(id);
    if (other !== undefined)
      throw refuse(`two ${exportNames[places.kind]}s have the id "${id}": ${other.file} and ${file}`);
    found.set(id, { definition, file });
  }
  return new Map([...found].map(([id, { definition }]) => [id, definition]));
}

async function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw refuse(`${file} cannot be loaded: ${messageOf(error)}`, error);
  }
}

/** @throws LorError when a root is not an absolute path */
function extensionRoots(extensions: string | undefined): readonly string[] {
  const roots = (extensions ?? "").split(":").filter((root) => root !== "");
  const relative = roots.find((root) => !isAbsolute(root));
  if (relative === undefined) return roots;
  throw refuse(`${extensionsVariable} names "${relative}"; accepted are absolute folders, separated by colons`);
}

interface Entry {
  readonly id: string;
  readonly file: string;
}

/** @throws LorError when the root, or a folder in it, cannot be read; one without a folder of this kind has no entries */
function entriesOfRoot(root: string, kind: string): readonly Entry[] {
  try {
    return readdirSync(root).includes(kind) ? entriesBelow(join(root, kind)) : [];
  } catch (error) {
    throw refuse(`${extensionsVariable} names "${root}", which cannot be read: ${messageOf(error)}`, error);
  }
}

function entriesBelow(folder: string): readonly Entry[] {
  return subfolders(folder).flatMap((id) => {
    const files = readdirSync(join(folder, id));
    const entry = entryFiles.find((name) => files.includes(name));
    return entry === undefined ? [] : [{ id, file: join(folder, id, entry) }];
  });
}

function subfolders(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function refuse(message: string, cause?: unknown): LorError {
  return new LorError({
    code: "extension-invalid",
    message,
    exit: ExitCode.failed,
    culprit: "user",
    accepted: `absolute folders in ${extensionsVariable}, each with systems/, clouds/ or local-cloud/ of <id>/index.ts`,
    next: `unset ${extensionsVariable}, or correct what it names`,
    cause,
  });
}
