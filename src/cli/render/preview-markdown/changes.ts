import type { ValueChange } from "../../../engine/port.ts";
import type { ProposedChange } from "../../../stack/proposal.ts";
import { renderSeconds } from "../duration.ts";
import { code, folded, prose, table } from "../markdown.ts";
import { shortType } from "../progress.ts";
import { renderSource, renderStep } from "../step.ts";
import { renderValues } from "../value-change.ts";
import { type Section, shorten } from "./sections.ts";

interface Group {
  readonly title: string;
  readonly word: string;
  readonly has: (change: ProposedChange) => boolean;
  /** Changes that touch nothing existing: a long list of them may be collapsed. */
  readonly harmless: boolean;
}

/** Most severe changes first. */
export const changeGroups: readonly Group[] = [
  { title: "Deleted", word: "deleted", has: ({ kind }) => kind === "delete", harmless: false },
  {
    title: "Replaced: deleted and made again",
    word: "replaced",
    has: ({ kind }) => kind === "replace",
    harmless: false,
  },
  {
    title: "Restarted: changed in place, but the machine restarts",
    word: "restarted",
    has: ({ kind, restarts }) => kind === "update" && restarts,
    harmless: false,
  },
  {
    title: "Changed in place",
    word: "changed in place",
    has: ({ kind, restarts }) => kind === "update" && !restarts,
    harmless: false,
  },
  { title: "Taken in: they exist already", word: "taken in", has: ({ kind }) => kind === "adopt", harmless: true },
  { title: "Created", word: "created", has: ({ kind }) => kind === "create", harmless: true },
];

const shownUnfolded = 10;
const shownNames = 10;
const shownValues = 10;

/** All changing resources, grouped by operation, with reasons and values. */
export const changesSection: Section = ({ report }, most) => {
  if (report === undefined) return [];
  const { changes, profile } = report;
  if (changes.length === 0) return ["#### What changes", "", `Nothing differs from ${code(profile)}.`];
  const groups = changeGroups.flatMap((group) => {
    const members = changes.filter(group.has);
    if (members.length === 0) return [];
    const lines = shorten(group.harmless ? countByType(members) : members.toSorted(byName).map(describeChange), most);
    return group.harmless && lines.length > shownUnfolded
      ? ["", ...folded(`${group.title}: ${members.length}`, lines)]
      : ["", `**${group.title}: ${members.length}**`, "", ...lines];
  });
  const growth = report.disks
    .filter(({ before, after }) => after > before)
    .map(
      ({ setting, before, after, unit }) =>
        `- ${code(setting)}: ${before} → ${after} ${unit}, and never smaller again: the cloud does not shrink this disk`,
    );
  return [
    "#### What changes",
    ...groups,
    ...(growth.length === 0 ? [] : ["", "**⚠️ For ever**", "", ...shorten(growth, most)]),
  ];
};

/** Steps of the switch to the profile, or why it cannot begin. */
export const stepsSection: Section = ({ report }, most) => {
  if (report === undefined) return [];
  const { steps, stop, seconds, profile } = report;
  const rows = steps.map(({ step, seconds: duration, learned, servingDuring, servingAfter }, index) => [
    String(index + 1),
    prose(renderStep(step)),
    learned === undefined ? renderSeconds(duration) : `${renderSeconds(duration)}, ${renderSource({ learned })}`,
    String(servingDuring),
    String(servingAfter),
  ]);
  const shown = rows.slice(0, most);
  const parts: string[][] = [];
  if (shown.length > 0) {
    const left = rows.length - shown.length;
    parts.push([
      `How ${code(`lor-infra ${profile}`)} would go, one front at a time:`,
      "",
      ...table(
        ["step", "", "about", "serving meanwhile", "after"],
        ["right", "left", "right", "right", "right"],
        shown,
      ),
      ...(left > 0 ? ["", `_… and ${left} more steps_`] : []),
    ]);
  }
  if (stop !== undefined) {
    parts.push([`❌ It cannot begin now: ${prose(stop.reason)} (${code(stop.code)}). Next: ${prose(stop.next)}`]);
  }
  if (seconds > 0) parts.push([`Expected: about ${renderSeconds(seconds)} on the real cloud.`]);
  return parts.flatMap((part, index) => (index === 0 ? part : ["", ...part]));
};

/** Sorted, because the order of the engine varies. */
function byName(one: ProposedChange, other: ProposedChange): number {
  return compare(one.name, other.name) || compare(one.type, other.type);
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function countByType(changes: readonly ProposedChange[]): readonly string[] {
  const names = Map.groupBy(changes.toSorted(byName), ({ type }) => shortType(type));
  return [...names]
    .toSorted(([one], [other]) => compare(one, other))
    .map(([type, all]) => `- ${prose(type)}: ${nameShortly(all.map(({ name }) => name))}`);
}

function describeChange({ name, type, because, values, holdsData, serves }: ProposedChange): string {
  const remarks = [
    because.length > 0 ? `because of ${nameShortly(because)}` : "",
    holdsData ? "**holds data**" : "",
    serves ? "serves requests" : "",
  ].filter((text) => text !== "");
  const line = `- ${code(name)} (${prose(shortType(type))})${remarks.length > 0 ? `: ${remarks.join("; ")}` : ""}`;
  return [line, ...shorten(values.map(describeValue), shownValues, "  - ")].join("\n");
}

function describeValue(change: ValueChange): string {
  const [before, after] = renderValues(change);
  return `  - ${code(change.path)}: ${code(before)} → ${code(after)}`;
}

function nameShortly(names: readonly string[]): string {
  const more = names.length - shownNames;
  return `${names.slice(0, shownNames).map(code).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
