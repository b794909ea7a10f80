import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { plantedFaults } from "./faults.ts";

const { values } = parseArgs({
  options: {
    /** Most seeds for one fault. */
    seeds: { type: "string", default: "10000" },
    /** Only faults whose name contains this. */
    only: { type: "string", default: "" },
  },
});

/** Plays Decembers with one fault until one breaks a promise. @returns how many it took; undefined: none did */
async function seedsUntilFound(name: string): Promise<number | undefined> {
  const child = spawn(
    process.execPath,
    [
      "--import",
      join(import.meta.dirname, "plant.ts"),
      join(import.meta.dirname, "../simulate.ts"),
      "--seeds",
      values.seeds,
      "--until-broken",
    ],
    { env: { ...process.env, LOR_INFRA_PLANTED: name }, stdio: ["ignore", "pipe", "inherit"] },
  );
  let text = "";
  for await (const part of child.stdout) text += String(part);
  const found = /^seed (\d+): (.*)$/m.exec(text);
  if (found !== null) console.log(`${name}: seed ${found[1]}: ${found[2]?.slice(0, 200)}`);
  return found === null ? undefined : Number(found[1]);
}

const wanted = plantedFaults.filter(({ name }) => name.includes(values.only)).map(({ name }) => name);
const found: number[] = [];
const missed: string[] = [];
const waiting = [...wanted];
await Promise.all(
  [1, 2].map(async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const seeds = await seedsUntilFound(name);
      if (seeds === undefined) missed.push(name);
      else found.push(seeds);
    }
  }),
);
found.sort((one, other) => one - other);
console.log(
  `${found.length} of ${wanted.length} planted faults found, median ${found[found.length >> 1] ?? "none"} seeds.`,
);
for (const name of missed) console.log(`not found within ${values.seeds} seeds: ${name}`);
process.exitCode = missed.length === 0 ? 0 : 1;
