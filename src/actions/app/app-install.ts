import { ExitCode, LorError } from "../../core/errors.ts";
import { type MachineAccess, reasonOf } from "../../remote/machine-access.ts";
import { parseJson } from "../../stack/application-state.ts";

interface InstallRequest {
  /** Such as `shop`. */
  readonly application: string;
  /** Machine that installs it for all machines of the application. */
  readonly machine: string;
  /** Address of the first administrator. */
  readonly email: string;
  readonly demoProducts: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface InstalledApplication {
  readonly application: string;
  readonly machine: string;
  /** Whether it was installed before this call. */
  readonly already: boolean;
  readonly version: string | undefined;
  /** File on the machine, for root, with the first administrator's password; undefined: the machine names none. */
  readonly passwordFile: string | undefined;
}

/** Limit of an installation, in milliseconds. */
const installLimit = 3_600_000;

/**
 * Makes an application's tables and its first administrator, once for all its machines: the machine holds a lock in the database, and a second call
 * attaches to the first. Interrupted, the same command continues.
 * @throws LorError `app-not-installed`, and what `MachineAccess.run` throws
 */
export async function installApplication(
  access: MachineAccess,
  request: InstallRequest,
): Promise<InstalledApplication> {
  const { application, machine, email, demoProducts, signal } = request;
  const options = ["--email", email, ...(demoProducts ? ["--demo-products"] : [])];
  const answer = await access.run(machine, ["sudo", "-n", "lor-app", "install", ...options], {
    limit: installLimit,
    signal,
  });
  const result = parseJson(answer.stdout);
  if (answer.code === 0 && result?.installed === true) {
    return {
      application,
      machine,
      already: result.already === true,
      version: typeof result.version === "string" ? result.version : undefined,
      passwordFile: typeof result.passwordFile === "string" ? result.passwordFile : undefined,
    };
  }
  const said = typeof result?.reason === "string" ? result.reason : reasonOf(answer);
  throw new LorError({
    code: "app-not-installed",
    message: `the ${application} is not installed: ${said === "" ? `lor-app ended with ${answer.code}` : said}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    accepted: "a machine whose release is in place, and a database that answers",
    next: `lor-infra app status, lor-infra logs ${machine} --since 1h, then the same command again`,
  });
}
