import { type CloudStatus, ControlClient, ControlError } from "../../local-cloud/http/control-client.ts";
import { lastWords } from "../../local-cloud/kernel/log-file.ts";
import { endedUnasked, readRuntime } from "../../local-cloud/kernel/runtime-file.ts";
import { isAlive } from "../../os/process-identity.ts";
import { cloudFolder } from "../../stack/cloud-connection.ts";

export type CloudReport =
  | {
      readonly running: false;
      readonly folder: string;
      /** End of the log of a cloud that crashed; empty when it was killed. */
      readonly lastWords?: string;
      /** A cloud whose process lives and that nobody can reach from here: it serves in another container or network. */
      readonly unreachable?: { readonly pid: number; readonly httpUrl: string };
    }
  | {
      readonly running: true;
      readonly folder: string;
      readonly pid: number;
      readonly httpUrl: string;
      /** Port of each provider server, by package. */
      readonly providers: Readonly<Record<string, number>>;
      readonly trafficPortOffset: number;
      readonly status: CloudStatus;
    };

/** Whether the local cloud of a state folder is running, and what it contains. Never its token. */
export async function cloudStatus(home: string): Promise<CloudReport> {
  const folder = cloudFolder(home);
  const runtime = readRuntime(folder);
  if (runtime === undefined) {
    return { running: false, folder, ...(endedUnasked(folder) ? { lastWords: lastWords(folder) } : {}) };
  }
  const { pid, httpUrl, providers, trafficPortOffset } = runtime;
  try {
    const status = await new ControlClient(runtime).status();
    return { running: true, folder, pid, httpUrl, providers, trafficPortOffset, status };
  } catch (error) {
    if (error instanceof ControlError && error.status === 0) {
      return { running: false, folder, ...(isAlive(runtime) ? { unreachable: { pid, httpUrl } } : {}) };
    }
    throw error;
  }
}
