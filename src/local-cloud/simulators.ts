import { loadModules } from "../os/extensions.ts";
import type { HttpApi } from "./http/route.ts";
import type { LocalCloud } from "./local-cloud.ts";
import type { SimulatedPackage, Simulator } from "./simulator.ts";

/**
 * Imports the built-in simulators and those of the extension roots.
 * @param extensions value of LOR_INFRA_EXTENSIONS; undefined or empty: only the built-in ones
 * @throws Error that names the folder which cannot be read, or the module that exports no simulator
 */
export async function loadSimulators(extensions?: string): Promise<readonly Simulator[]> {
  const places = { builtIn: import.meta.dirname, kind: "local-cloud", extensions } as const;
  const simulators = await loadModules(places, ({ simulator }) => simulator as Simulator | undefined);
  return [...simulators.values()];
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
