import { readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { HttpApi } from "./http/route.ts";
import type { LocalCloud } from "./local-cloud.ts";
import type { SimulatedPackage, Simulator } from "./simulator.ts";

/** Names the extension roots: absolute folders, separated by colons. Simulators are in `local-cloud/<id>/` below each. */
export const EXTENSIONS_VARIABLE = "LOR_INFRA_EXTENSIONS";

const ENTRY_FILES = ["index.ts", "index.js"];

/**
 * Imports the built-in simulators and those of the extension roots.
 * @param extensions value of LOR_INFRA_EXTENSIONS; undefined or empty: only the built-in ones
 * @throws Error that names the folder which cannot be read, or the module that exports no simulator
 */
export async function loadSimulators(extensions?: string): Promise<readonly Simulator[]> {
  const folders = [
    ...entriesBelow(import.meta.dirname),
    ...extensionRoots(extensions).flatMap((root) => entriesBelow(join(root, "local-cloud"), { optional: true })),
  ];
  const simulators = new Map<string, { readonly simulator: Simulator; readonly file: string }>();
  for (const { id, file } of folders) {
    const { simulator } = (await import(pathToFileURL(file).href)) as { readonly simulator?: Simulator };
    if (typeof simulator?.open !== "function" || simulator.id !== id) {
      throw new Error(`${file} must export a simulator with the id "${id}" (the name of its folder)`);
    }
    const other = simulators.get(id);
    if (other !== undefined) throw new Error(`two simulators have the id "${id}": ${other.file} and ${file}`);
    simulators.set(id, { simulator, file });
  }
  return [...simulators.values()].map(({ simulator }) => simulator);
}

export interface OpenSimulators {
  readonly packages: Readonly<Record<string, SimulatedPackage>>;
  readonly apis: readonly HttpApi[];
}

/** Opens every simulator on one cloud. @throws Error when two of them serve the same package */
export function openSimulators(cloud: LocalCloud, simulators: readonly Simulator[]): OpenSimulators {
  const packages = new Map<string, { readonly simulated: SimulatedPackage; readonly id: string }>();
  const apis: HttpApi[] = [];
  for (const simulator of simulators) {
    const { id } = simulator;
    const opened = simulator.open(cloud);
    for (const [name, simulated] of Object.entries(opened.packages ?? {})) {
      const other = packages.get(name);
      if (other !== undefined) {
        throw new Error(`the simulators "${other.id}" and "${id}" both serve the Pulumi package "${name}"`);
      }
      packages.set(name, { simulated, id });
    }
    apis.push(...(opened.apis ?? []));
  }
  return {
    packages: Object.fromEntries([...packages].map(([name, { simulated }]) => [name, simulated])),
    apis,
  };
}

function extensionRoots(extensions: string | undefined): readonly string[] {
  const roots = (extensions ?? "").split(":").filter((root) => root !== "");
  const relative = roots.find((root) => !isAbsolute(root));
  if (relative !== undefined) {
    throw new Error(
      `${EXTENSIONS_VARIABLE} names "${relative}"; only absolute folders, separated by colons, are accepted`,
    );
  }
  return roots;
}

/** The folders with an entry file, in alphabetical order. A root without a `local-cloud` folder brings no simulator. */
function entriesBelow(
  folder: string,
  { optional = false } = {},
): readonly { readonly id: string; readonly file: string }[] {
  return subfolders(folder, optional).flatMap((id) => {
    const files = readdirSync(join(folder, id));
    const entry = ENTRY_FILES.find((name) => files.includes(name));
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
