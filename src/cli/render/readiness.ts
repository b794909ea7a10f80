import type { SwitchResult } from "../../actions/rush/switch-profile.ts";
import { serves } from "../../rolling/serving.ts";
import type { Terminal } from "../terminal.ts";
import { renderSeconds } from "./duration.ts";
import { renderHere, renderSource, renderStep } from "./step.ts";
import { renderTable } from "./table.ts";

/** Profile reached, fronts that serve, and the actual duration of each step beside the expected one. */
export function renderReadiness(terminal: Terminal, { target, steps, fleet, serving, seconds }: SwitchResult): string {
  const count = fleet.fronts.filter(serves).length;
  const reached = `Ready: ${count} of ${fleet.fronts.length} fronts serve, ${serving.cores} cores and ${serving.memoryMegabytes / 1000} GB in all; load balancer ${fleet.loadBalancerBandwidth} Mbit/s.`;
  if (steps.length === 0) {
    return `The stack is in ${target} already; every front was checked.\n${reached}`;
  }
  const here = steps.some(({ expected }) => expected?.here !== undefined);
  const rows = steps.map(({ step, seconds: took, expected }) => [
    renderStep(step),
    renderSeconds(took),
    ...(expected === undefined ? ["", ""] : [renderSeconds(expected.seconds), renderSource(expected)]),
    ...(here ? [expected === undefined ? "" : renderHere(expected)] : []),
  ]);
  return [
    `In ${target} after ${steps.length} steps and ${renderSeconds(seconds)}.`,
    renderTable(
      terminal,
      ["step", "took", "expected on the real cloud", "", ...(here ? ["took here before"] : [])],
      rows,
      [1, 2],
    ),
    reached,
  ].join("\n");
}
