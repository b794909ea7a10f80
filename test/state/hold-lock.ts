import { appendFileSync, readFileSync } from "node:fs";

import { StackLock } from "../../src/state/stack-lock.ts";
import { filesAt } from "./place.ts";

/** A process that works under a lock: `hold` keeps it until killed, `count` adds one to a shared counter under it, many times. */
const [, , mode, folder = "", counter = "", rounds = "0"] = process.argv;
const files = filesAt(folder);
const clock = { now: () => new Date() };

if (mode === "hold") {
  await StackLock.acquire({ files, operation: "rush", clock });
  process.stdout.write("held\n");
  setInterval(() => undefined, 1000);
} else {
  for (let round = 0; round < Number(rounds); ) {
    try {
      await using _lock = await StackLock.acquire({ files, operation: "up", clock });
      const before = readFileSync(counter, "utf8").length;
      await new Promise((done) => setImmediate(done));
      if (readFileSync(counter, "utf8").length !== before) throw new Error("two holders at once");
      appendFileSync(counter, "x");
      round += 1;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "stack-locked")) throw error;
      await new Promise((done) => setTimeout(done, 1));
    }
  }
}
