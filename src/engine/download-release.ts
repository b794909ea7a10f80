import { host } from "../os/host.ts";
import { withinTime } from "../os/time-limit.ts";
import { engineVersion } from "./engine-recipes.ts";

/** The official installer; the release comes from the same host. */
const installerUrl = "https://get.pulumi.com/install.sh";

/** Long enough for a slow connection, short enough for a machine whose firewall drops everything, in milliseconds. */
const reachableMilliseconds = 3000;

/**
 * Fetches the official release into `<folder>/bin`.
 * @returns false when its host cannot be reached
 */
export async function downloadRelease(folder: string, onProgress: (text: string) => void): Promise<boolean> {
  onProgress("asking get.pulumi.com");
  if (!(await isReachable())) {
    return false;
  }
  onProgress(`fetching the official release ${engineVersion}`);
  // Imported here only: the library takes half a second to load, and an engine that is already installed needs none of it.
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  type Version = NonNullable<NonNullable<Parameters<typeof PulumiCommand.install>[0]>["version"]>;
  // The library's version parser accepts text as well.
  await PulumiCommand.install({ root: folder, version: engineVersion as unknown as Version });
  return true;
}

async function isReachable(): Promise<boolean> {
  try {
    const answer = await withinTime(reachableMilliseconds, (signal) =>
      host().fetch(installerUrl, { method: "HEAD", signal }),
    );
    return answer.ok;
  } catch {
    return false;
  }
}
