import type { ImportedResource, ImportProposal } from "../../actions/import/import-proposal.ts";
import type { ImportResult } from "../../actions/import/import-stack.ts";
import { mapKey } from "../../config/resource-map.ts";
import type { Terminal } from "../terminal.ts";
import { renderSeconds } from "./duration.ts";
import { renderSentences } from "./table.ts";

const groups = [
  { verdict: "found", title: "Found, and as the settings say", sign: "=", colour: "green" },
  { verdict: "differs", title: "Found, and other than the settings say: refused", sign: "≠", colour: "red" },
  { verdict: "ambiguous", title: "Several of the name: refused", sign: "?", colour: "red" },
  { verdict: "incomplete", title: "Found, and what it hangs on is not: refused", sign: "?", colour: "red" },
  { verdict: "missing", title: "Not found: `lor-infra up` would create it", sign: "+", colour: "yellow" },
] as const;

const origins = {
  cloud: "read where the machines fetch it",
  file: "from the file of --secrets",
  new: "nobody uses one yet: a new one is made",
  unknown: "IN USE, and no API tells it: refused",
} as const;

/** Existing resources of the program, those that an import adopts, and those it cannot read. */
export function renderImport(terminal: Terminal, { resources, secrets }: ImportProposal): string {
  const { style } = terminal;
  const known = resources.filter((one) => one.verdict === "known").length;
  const parts = groups.flatMap(({ verdict, title, sign, colour }) => {
    const members = resources.filter((one) => one.verdict === verdict);
    if (members.length === 0) return [];
    const lines = members.flatMap((one) =>
      renderResource(one).map((line, index) => `  ${index === 0 ? style(colour, sign) : " "} ${line}`),
    );
    return [[`${title}: ${members.length}`, ...lines].join("\n")];
  });
  const told = secrets.map((one) => [
    mapKey(one),
    `${one.what}: ${style(one.from === "unknown" ? "red" : "dim", origins[one.from])}`,
  ]);
  return [
    known === 0 ? "" : `Known to the state: ${known}`,
    ...parts,
    renderWriteOnly(terminal, resources),
    told.length === 0 ? "" : `Secrets that no provider reads back: ${told.length}\n${renderSentences(terminal, told)}`,
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** Result of an import, and the next command. */
export function renderImported({ resources, changed, seconds }: ImportResult, dryRun: boolean): string {
  const count = (verdict: ImportedResource["verdict"]) => resources.filter((one) => one.verdict === verdict).length;
  const found = count("found");
  const missing = count("missing");
  if (dryRun && found > 0) return "Only looked; nothing was changed.\nNext: the same without --dry-run";
  const next = missing > 0 ? `lor-infra up, which creates the ${missing} that are missing` : "lor-infra status";
  const ended = changed
    ? `Taken in: ${found} in ${renderSeconds(seconds)}. Nothing was changed in the cloud, and the next run changes nothing of it.`
    : "Nothing to take in: the state knows all of it that there is.";
  return `${ended}\nNext: ${next}`;
}

function renderResource(resource: ImportedResource): readonly string[] {
  const { id, ids, differences, lacks } = resource;
  const name = mapKey(resource);
  return [
    id === undefined ? name : `${name}  ${id}`,
    ...(ids === undefined ? [] : [`  one of ${ids.join(", ")}`, `  in the file of --map: ${name}: ${ids[0]}`]),
    ...(lacks === undefined ? [] : [`  lacks ${lacks.join(", ")}`]),
    ...(differences ?? []).map(({ path, found, wanted, setting }) => {
      const remedy = setting === undefined ? "no setting decides it" : `setting ${setting}`;
      return `  ${path}: ${found ?? "none"} there, ${wanted ?? "none"} by the settings (${remedy})`;
    }),
  ];
}

function renderWriteOnly(terminal: Terminal, resources: readonly ImportedResource[]): string {
  const byInputs = new Map<string, string[]>();
  for (const one of resources.filter(({ writeOnlyInputs = [] }) => writeOnlyInputs.length > 0)) {
    const inputs = (one.writeOnlyInputs ?? []).join(", ");
    byInputs.set(inputs, [...(byInputs.get(inputs) ?? []), mapKey(one)]);
  }
  if (byInputs.size === 0) return "";
  const rows = [...byInputs].map(([inputs, names]) => [inputs, names.join(", ")]);
  return `Inputs that the provider cannot read back: ignored during the import, then recorded with the values of the settings\n${renderSentences(terminal, rows)}`;
}
