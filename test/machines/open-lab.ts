import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installS3Server } from "../../src/engine/s3-server.ts";
import { createLocalCloud } from "../../src/local-cloud/create-local-cloud.ts";
import type { LocalCloud } from "../../src/local-cloud/local-cloud.ts";
import { CloudMachines } from "../../src/local-cloud/machines/machines.ts";
import { systemClock } from "../../src/os/host.ts";
import { poll } from "../../src/os/poll.ts";

/** A local cloud in this process, in the model's own time, whose servers really boot. */
export interface Lab extends AsyncDisposable {
  readonly cloud: LocalCloud;
  readonly machines: CloudMachines;
  readonly folder: string;
}

/** @param names further names of the machines' network, with their addresses */
export async function openLab(names: Readonly<Record<string, string>> = {}): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), "lor-machines-"));
  const cloud = createLocalCloud({ databasePath: ":memory:", clock: "stepped", scale: 1 });
  const remove = () => {
    cloud.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const s3Program = await installS3Server({ env: process.env });
    const machines = await CloudMachines.start({
      cloud,
      folder,
      s3Program,
      resolve: (name) => names[name],
      env: process.env,
      onProgress: () => undefined,
    });
    const dispose = async () => {
      await machines.stop();
      remove();
    };
    return { cloud, machines, folder, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The first defined value that `look` finds. @throws Error that says what did not happen, after `limitSeconds` (default 180) */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  limitSeconds = 180,
): Promise<T> {
  const { seen } = await poll({
    look,
    good: (found) => found !== undefined,
    interval: 200,
    limit: limitSeconds * 1000,
    clock: systemClock,
  });
  if (seen === undefined) throw new Error(`${what} did not happen within ${limitSeconds} s`);
  return seen;
}
