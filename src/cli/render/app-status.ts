import type { AppStatusResult, MachineApplication } from "../../actions/app/app-status.ts";
import { fewDaysLeft } from "../../domain/policy/certificate-policies.ts";
import type { Terminal } from "../terminal.ts";
import { renderTable } from "./table.ts";

const unknown = "unknown";

/** Whether the applications work, one line for each machine; below it what is not as it must be. */
export function renderAppStatus(terminal: Terminal, { machines, works }: AppStatusResult): string {
  if (machines.length === 0) return "No machine with an application exists.\nNext: lor-infra up";
  return [
    renderTable(
      terminal,
      ["machine", "application", "release", "installed", "tables", "last order", "queue", "certificate", "health"],
      machines.map((machine) => rowOf(terminal, machine)),
    ),
    ...machines.flatMap(problemsOf).map((problem) => `  !  ${problem}`),
    ...machines.flatMap(unknownsOf).map((remark) => `     ${remark}`),
    works ? "Every application works." : `Next: ${nextOf(machines)}`,
  ].join("\n");
}

function rowOf({ style }: Terminal, { machine, application, state }: MachineApplication): readonly string[] {
  if (state === undefined) return [machine, application, ...Array<string>(6).fill(unknown), style("red", "not asked")];
  const { installed, certificateDays } = state;
  return [
    machine,
    application,
    state.release ?? unknown,
    installed === null ? unknown : installed ? "yes" : style("red", "no"),
    told(state.tables),
    state.lastOrder ?? unknown,
    told(state.queue),
    certificateDays === null ? unknown : `${certificateDays} days`,
    state.health === "ok" ? style("green", "ok") : style("red", "not ok"),
  ];
}

function told(value: number | null): string {
  return value === null ? unknown : String(value);
}

/** Columns of values that a machine may not know. */
const columns: Readonly<Record<string, string>> = {
  lastOrder: "last order",
  certificateDays: "certificate",
  wantedRelease: "wanted release",
};

/** Why values are unknown; that alone is no problem. */
function unknownsOf({ machine, state }: MachineApplication): readonly string[] {
  return Object.entries(state?.reasons ?? {}).map(
    ([name, reason]) => `${machine}, ${columns[name] ?? name}: ${reason}`,
  );
}

function problemsOf({ machine, state, failure }: MachineApplication): readonly string[] {
  if (failure !== undefined) return [`${machine}: ${failure.message}`];
  if (state === undefined) return [];
  const { health, release, wantedRelease, certificateDays } = state;
  const few = certificateDays !== null && certificateDays < fewDaysLeft;
  return [
    ...(health === "ok" ? [] : [`${machine} does not serve: ${health}`]),
    ...(release === wantedRelease || wantedRelease === null
      ? []
      : [`${machine}: release ${wantedRelease} is wanted, ${release ?? "none"} serves`]),
    ...(few ? [`${machine}: its certificate ends in ${certificateDays} days`] : []),
  ];
}

function nextOf(machines: readonly MachineApplication[]): string {
  // Nothing can be installed without a release; the machine's journal says why it has none.
  const bare = machines.find(({ state }) => state?.release === null);
  if (bare !== undefined) return `lor-infra logs ${bare.machine} --since 1h`;
  if (machines.some(({ state }) => state?.installed === false)) return "lor-infra app install";
  const failed = machines.find(({ failure }) => failure?.next !== undefined);
  if (failed?.failure?.next !== undefined) return failed.failure.next;
  const ill = machines.find(({ state }) => state?.health !== "ok");
  return ill === undefined ? "lor-infra status" : `lor-infra logs ${ill.machine} --since 1h`;
}
