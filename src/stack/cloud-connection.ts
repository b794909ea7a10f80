import { join } from "node:path";
import type { CloudClients } from "../clouds/clients.ts";
import { requireCloud } from "../clouds/registry.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { ControlClient, ControlError, type LocalCredentials } from "../local-cloud/http/control-client.ts";
import type { CloudRuntime } from "../local-cloud/kernel/runtime.ts";
import { readRuntime } from "../local-cloud/kernel/runtime-file.ts";

/** Folder of the local cloud in a state folder (`.lor-infra`), with `cloud.sqlite`, `runtime.json`, `cloud.log` and `tls.p12`. */
export function cloudFolder(home: string): string {
  return join(home, "cloud");
}

/** The cloud that the local cloud simulates for a system. */
export interface SimulatedCloud {
  /** Id of the cloud definition. */
  readonly cloud: string;
  /** Region of the system's machines; the local cloud has the same regions as the real one. */
  readonly region: string;
}

export interface LocalCloudConnection {
  readonly runtime: CloudRuntime;
  readonly control: ControlClient;
  readonly clients: CloudClients;
  readonly projectId: string;
}

/**
 * API clients and controls of the local cloud that runs in a folder.
 * @param folder of the cloud itself, see `cloudFolder`
 * @throws LorError `local-cloud-not-running`
 */
export async function connectLocalCloud(
  folder: string,
  { cloud, region }: SimulatedCloud,
): Promise<LocalCloudConnection> {
  const { runtime, control } = requireLocalCloud(folder);
  let credentials: LocalCredentials;
  try {
    credentials = await control.credentials();
  } catch (error) {
    if (error instanceof ControlError && error.status === 0) throw notRunning(folder, error);
    throw error;
  }
  const { token, dnsServer } = runtime;
  const endpoints = { ...credentials, token, ...(dnsServer === undefined ? {} : { dnsServer }) };
  const clients = await requireCloud(cloud).connectLocal(endpoints, region);
  return { runtime, control, clients, projectId: credentials.projectId };
}

/** Controls without API clients. @throws LorError `local-cloud-not-running` */
export function requireLocalCloud(folder: string): { readonly runtime: CloudRuntime; readonly control: ControlClient } {
  const runtime = readRuntime(folder);
  if (runtime === undefined) throw notRunning(folder);
  return { runtime, control: new ControlClient(runtime) };
}

function notRunning(folder: string, cause?: unknown): LorError {
  return new LorError({
    code: "local-cloud-not-running",
    message: `no local cloud runs in ${folder}`,
    exit: ExitCode.failed,
    culprit: "user",
    next: "lor-infra cloud start",
    ...(cause === undefined ? {} : { cause }),
  });
}
