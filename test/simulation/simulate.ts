import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { leaveOutPromiseTraces } from "../../src/engine/promise-traces.ts";
import { type December, playDecember } from "./december/december.ts";
import { timelinePage } from "./december/timeline-page.ts";

const { values } = parseArgs({
  options: {
    /** One December as a timeline. */
    seed: { type: "string" },
    /** With `--seed`: writes the timeline as a page. */
    html: { type: "string" },
    /** How many Decembers. */
    seeds: { type: "string", default: "2000" },
    /** Seed of the first. */
    from: { type: "string", default: "1" },
    /** Ends at the first broken promise. */
    "until-broken": { type: "boolean", default: false },
  },
});

leaveOutPromiseTraces();
process.exitCode =
  values.seed === undefined ? await playMany(number("from"), number("seeds")) : await playOne(number("seed"));

function number(name: "seed" | "seeds" | "from"): number {
  const text = values[name] ?? "";
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  console.error(`--${name} is ${text}; accepted is a whole number from 1, such as: npm run simulate -- --${name} 20`);
  process.exit(2);
}

async function playOne(seed: number): Promise<number> {
  const december = await playDecember(seed);
  if (values.html === undefined) for (const line of december.timeline) console.log(line);
  else writeFileSync(values.html, timelinePage(december));
  console.log(`\n${december.events} events, ${december.commands} commands. ${verdictOf(december)}`);
  return december.broken === undefined ? 0 : 1;
}

async function playMany(from: number, count: number): Promise<number> {
  const began = performance.now();
  const happened = new Map<string, number>();
  const codes = new Map<string, number>();
  const broken: December[] = [];
  let events = 0;
  for (let seed = from; seed < from + count; seed++) {
    const december = await playDecember(seed);
    events += december.events;
    for (const { kind } of december.troubles) happened.set(kind, (happened.get(kind) ?? 0) + 1);
    for (const code of december.codes) codes.set(code, (codes.get(code) ?? 0) + 1);
    if (december.broken !== undefined) {
      broken.push(december);
      console.log(`seed ${seed}: ${verdictOf(december)}`);
      if (values["until-broken"]) return 1;
    }
    const done = seed - from + 1;
    if (done % 100 === 0 && done < count) {
      const seconds = (performance.now() - began) / 1000;
      console.error(`${done} of ${count} seeds, about ${Math.ceil((seconds / done) * (count - done))} s to go`);
    }
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(`What went wrong: ${counted(happened)}`);
  console.log(`Errors that people met: ${counted(codes)}`);
  const each = `${(count / seconds).toFixed(1)} seeds a second, ${Math.round(events / count)} events each`;
  console.log(`${count} Decembers, ${events} events in ${seconds.toFixed(0)} s: ${each}.`);
  console.log(
    broken.length === 0
      ? "Everything promised was kept."
      : `${broken.length} broke a promise. Next: npm run simulate -- --seed ${broken[0]?.seed}`,
  );
  return broken.length === 0 ? 0 : 1;
}

function verdictOf({ broken }: December): string {
  return broken === undefined
    ? "Everything promised was kept."
    : `BROKEN: ${broken.split("\n").slice(0, 4).join(" ").slice(0, 400)}`;
}

function counted(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return sorted.map(([name, count]) => `${name} ${count}`).join(", ") || "nothing";
}
