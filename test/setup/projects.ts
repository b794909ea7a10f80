import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

/** Most test runs side by side. */
const testRuns = 14;

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of this run in which test/e2e/created-stack.ts keeps the shops that it creates once. */
    readonly createdStacks: string;
  }
}

/** Prepares what the projects of test/e2e/project.ts share: a folder for created shops and a range of ports. */
export async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-created-"));
  provide("createdStacks", folder);
  const number = await reserveRunNumber();
  process.env.LOR_INFRA_TEST_RUN = String(number.value);
  return () => {
    number.reservation.close();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Number that no other test run on this machine has while this one goes on: each is reserved by listening on a port. */
async function reserveRunNumber(): Promise<{ readonly value: number; readonly reservation: Server }> {
  for (let value = 0; value < testRuns; value += 1) {
    const reservation = createServer();
    reservation.listen({ host: "127.0.0.1", port: 40_900 + value, exclusive: true });
    try {
      await once(reservation, "listening");
      return { value, reservation: reservation.unref() };
    } catch {
      // Another run has it.
    }
  }
  throw new Error(`${testRuns} test runs go on side by side already`);
}
