import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseStateExport } from "../../src/engine/state-export.ts";
import { cloudFolder } from "../../src/stack/cloud-connection.ts";
import { stackFolder } from "../../src/state/stack-folder.ts";
import { stateInFolder } from "../../src/state/stack-state.ts";
import { readStateFile } from "../../src/state/state-file.ts";

/** What there is once everything has ended: comparable between two runs. */
export interface ResourceSet {
  /** Type and name of each resource of the state. */
  readonly state: readonly string[];
  /** Kind, region, name and number of everything that the cloud has, whatever the state says. */
  readonly cloud: readonly string[];
}

/** Read from a state folder's files; its cloud may run or not. */
export async function resourcesIn(home: string): Promise<ResourceSet> {
  const state = stateInFolder(stackFolder(home, "local", "prod"), "lor");
  const { resources } = parseStateExport(await readStateFile(state));
  return {
    state: resources.map((one) => `${one.type} ${one.name}${one.protect ? " protected" : ""}`).toSorted(),
    cloud: inventory(home),
  };
}

/** Kind, region, name and number of everything that the cloud has. */
export function inventory(home: string): readonly string[] {
  using database = new DatabaseSync(join(cloudFolder(home), "cloud.sqlite"), { readOnly: true });
  const rows = database.prepare("SELECT kind, region, name FROM record WHERE kind <> 'token'").all();
  const counts = new Map<string, number>();
  for (const { kind, region, name } of rows) {
    // Ids and generated names differ between two clouds.
    const plain = String(name).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|(?<=user-)[0-9a-f]{12}/g, "*");
    const key = `${kind} ${region} ${plain}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key} x${count}`).toSorted();
}
