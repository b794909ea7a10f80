import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the cloud of a test whose process is killed ends with it", async () => {
  const test = spawn(process.execPath, [join(import.meta.dirname, "left-project.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = (await once(test.stdout, "data")) as [Buffer];
  const { pid, folder } = JSON.parse(printed.toString()) as { readonly pid: number; readonly folder: string };
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  test.kill("SIGKILL");
  await expect.poll(() => [`/proc/${pid}`, folder].filter(existsSync), { timeout: 600_000 }).toEqual([]);
});
