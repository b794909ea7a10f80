import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Growth, Timed } from "./growth-run.ts";
import { type Figure, median } from "./measure.ts";

const sizes = [2, 10, 30] as const;

/** How preview, `up`, a rush and one of its steps grow with the number of fronts, side by side in one run. */
export function growth(): Figure[] {
  const [two, ten, thirty] = sizes.map(measure) as [Growth, Growth, Growth];
  printTable([two, ten, thirty]);
  return [
    ratio("a step of a rush that resizes fronts, ten fronts against two", stepOf(ten), stepOf(two), 1.3),
    ratio("a rush with rolling.minHealthy: 80%, ten fronts against two", ten.rush, two.rush, 2.5),
    ratio("up of a new stack, thirty fronts against two", thirty.up, two.up, 4),
  ];
}

/** Each size in a process of its own: none profits from what another one has loaded. */
function measure(fronts: number): Growth {
  const script = join(import.meta.dirname, "growth-run.ts");
  const answer = execFileSync(process.execPath, [script, String(fronts)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(answer) as Growth;
}

/** Medians of the steps in which fronts change their size. */
function stepOf({ steps }: Growth): Timed {
  const resizes = steps.filter(({ step }) => step.startsWith("resize-front"));
  return {
    seconds: median(resizes.map(({ seconds }) => seconds)),
    engine: median(resizes.map(({ engine }) => engine)),
  };
}

function ratio(name: string, large: Timed, small: Timed, limit: number): Figure {
  const seen = large.seconds / small.seconds;
  return {
    name,
    seen: `${seen.toFixed(2)} (${show(large)} against ${show(small)})`,
    limit: limit.toFixed(1),
    within: seen <= limit,
  };
}

function printTable(growths: readonly Growth[]): void {
  const rows: readonly (readonly [string, (one: Growth) => Timed])[] = [
    ["preview", (one) => one.preview],
    ["up", (one) => one.up],
    ["rush", (one) => one.rush],
    ["step", stepOf],
  ];
  process.stdout.write(`| fronts | ${growths.map(({ fronts }) => fronts).join(" | ")} |\n`);
  for (const [name, of] of rows) {
    process.stdout.write(`| ${name} | ${growths.map((one) => show(of(one))).join(" | ")} |\n`);
  }
}

function show({ seconds, engine }: Timed): string {
  return `${seconds.toFixed(1)} s, the engine ${engine.toFixed(1)} s`;
}
