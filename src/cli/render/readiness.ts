import type { SwitchResult } from "../../actions/rush/switch-profile.ts";
import { findInstance } from "../../clouds/ovh/offers.ts";
import { serves } from "../../rolling/serving.ts";
import type { Terminal } from "../terminal.ts";
import { renderSeconds } from "./duration.ts";
import { renderHere, renderSource, renderStep } from "./step.ts";
import { renderTable } from "./table.ts";

/** Is the shop ready? What was reached, who serves, and how long each step took against what was expected. */
export function renderReadiness(terminal: Terminal, { target, steps, fleet, seconds }: SwitchResult): string {
  const serving = fleet.fronts.filter(serves);
  const sizes = serving.map((front) => findInstance(front.size));
  const cores = sizes.reduce((sum, one) => sum + (one?.cores ?? 0), 0);
  const gigabytes = sizes.reduce((sum, one) => sum + (one?.memoryMegabytes ?? 0), 0) / 1000;
  const reached = `Ready: ${serving.length} of ${fleet.fronts.length} fronts serve, ${cores} cores and ${gigabytes} GB in all; load balancer ${fleet.loadBalancerBandwidth} Mbit/s.`;
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
