import { ExitCode, LorError } from "../core/errors.ts";
import { statusFile } from "../machines/document.ts";
import { type MachineAccess, reasonOf } from "../remote/machine-access.ts";

/** What `lor-app status` of a machine reports. A value that the machine does not know is null. */
export interface ApplicationState {
  readonly role: string;
  /** Version that serves. */
  readonly release: string | null;
  /** Version of the settings. */
  readonly wantedRelease: string | null;
  /** State of the machine's configuration: `applied`, `waiting`, `failed`. */
  readonly state: string | null;
  readonly installed: boolean | null;
  /** Number of tables of the application. */
  readonly tables: number | null;
  /** Time of the last order, ISO 8601. */
  readonly lastOrder: string | null;
  /** Number of messages that wait to be sent. */
  readonly queue: number | null;
  /** Days until the certificate on the machine ends. */
  readonly certificateDays: number | null;
  /** `ok`, or why the machine does not serve. */
  readonly health: string;
  /** Why values are null, by their names. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** Limit of a look at a machine, in milliseconds. */
const lookLimit = 45_000;

/** Asks a machine about its application. @throws LorError `machine-answer`, and what `MachineAccess.run` throws */
export async function readApplication(access: MachineAccess, machine: string): Promise<ApplicationState> {
  const answer = await access.run(machine, ["sudo", "-n", "lor-app", "status"], { limit: lookLimit });
  const state = answer.code === 0 ? parseState(answer.stdout) : undefined;
  if (state !== undefined) return state;
  const configuration = await readConfiguration(access, machine);
  if (configuration !== undefined) return configuration;
  const said = reasonOf(answer);
  throw new LorError({
    code: "machine-answer",
    message: `${machine} does not say how its application is: ${said === "" ? `lor-app ended with ${answer.code}` : said}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    accepted: "a machine that has applied its configuration of this version: within 4 minutes of lor-infra up",
    next: `lor-infra logs ${machine} --since 1h`,
  });
}

/** A machine whose configuration was never applied whole has no lor-app yet; why is in its status file. */
async function readConfiguration(access: MachineAccess, machine: string): Promise<ApplicationState | undefined> {
  const { code, stdout } = await access.run(machine, ["cat", statusFile], { limit: lookLimit });
  const status = code === 0 ? parseJson(stdout) : undefined;
  const state = status === undefined ? null : textIn(status, "state");
  if (status === undefined || state === null || state === "applied") return undefined;
  const message = textIn(status, "message") ?? "";
  const reason = `its configuration is ${state}${message === "" ? "" : `: ${message}`}`;
  return {
    role: "",
    release: null,
    wantedRelease: textIn(status, "wantedRelease"),
    state,
    installed: null,
    tables: null,
    lastOrder: null,
    queue: null,
    certificateDays: null,
    health: reason,
    reasons: {},
  };
}

function parseState(text: string): ApplicationState | undefined {
  const value = parseJson(text);
  if (value === undefined || value.version !== 1 || typeof value.health !== "string") return undefined;
  return {
    role: textIn(value, "role") ?? "",
    release: textIn(value, "release"),
    wantedRelease: textIn(value, "wantedRelease"),
    state: textIn(value, "state"),
    installed: typeof value.installed === "boolean" ? value.installed : null,
    tables: numberIn(value, "tables"),
    lastOrder: textIn(value, "lastOrder"),
    queue: numberIn(value, "queue"),
    certificateDays: numberIn(value, "certificateDays"),
    health: value.health,
    reasons: reasonsIn(value.reasons),
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON object that a machine printed; undefined: it printed something else. */
export function parseJson(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function textIn(value: JsonObject, key: string): string | null {
  const found = value[key];
  return typeof found === "string" ? found : null;
}

function numberIn(value: JsonObject, key: string): number | null {
  const found = value[key];
  return typeof found === "number" ? found : null;
}

function reasonsIn(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
