import { readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";

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
 * @throws Error that names an unreadable folder, a module without a definition, or two with one id
 */
export async function loadModules<T extends { readonly id: string }>(
  places: ModulePlaces,
  read: (module: Readonly<Record<string, unknown>>) => T | undefined,
): Promise<ReadonlyMap<string, T>> {
  const entries = [
    ...entriesBelow(places.builtIn),
    ...extensionRoots(places.extensions).flatMap((root) => entriesBelow(join(root, places.kind), { optional: true })),
  ];
  const found = new Map<string, { readonly definition: T; readonly file: string }>();
  for (const { id, file } of entries) {
    const definition = read((await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>);
    if (definition?.id !== id)
      throw new Error(`${file} must export a ${exportNames[places.kind]} with the id "${id}" (the folder's name)`);
    const other = found.get(id);
    if (other !== undefined)
      throw new Error(`two ${exportNames[places.kind]}s have the id "${id}": ${other.file} and ${file}`);
    found.set(id, { definition, file });
  }
  return new Map([...found].map(([id, { definition }]) => [id, definition]));
}

/** @throws Error when a root is not an absolute path */
function extensionRoots(extensions: string | undefined): readonly string[] {
  const roots = (extensions ?? "").split(":").filter((root) => root !== "");
  const relative = roots.find((root) => !isAbsolute(root));
  if (relative === undefined) return roots;
  throw new Error(`${extensionsVariable} names "${relative}"; accepted are absolute folders, separated by colons`);
}

interface Entry {
  readonly id: string;
  readonly file: string;
}

function entriesBelow(folder: string, { optional = false } = {}): readonly Entry[] {
  return subfolders(folder, optional).flatMap((id) => {
    const files = readdirSync(join(folder, id));
    const entry = entryFiles.find((name) => files.includes(name));
    return entry === undefined ? [] : [{ id, file: join(folder, id, entry) }];
  });
}

function subfolders(folder: string, optional: boolean): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (optional && (error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
