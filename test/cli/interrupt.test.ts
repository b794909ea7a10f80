import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Interrupt } from "../../src/cli/interrupt.ts";

let warnings: string[];
beforeEach(() => {
  warnings = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

function listen(): Interrupt {
  return new Interrupt({ warn: (text) => void warnings.push(text), inProgress: () => ["create ps-0"] });
}

/** One press of Ctrl-C as it arrives below `npm run`: from the terminal, then from npm. */
function pressBelowNpm(): void {
  process.emit("SIGINT");
  vi.advanceTimersByTime(9);
  process.emit("SIGINT");
  vi.advanceTimersByTime(1_000);
}

it("takes a press that arrives twice for one: the first stops, the second explains, the third leaves", () => {
  const exit = vi.spyOn(process, "exit").mockReturnValue(undefined as never);
  using interrupt = listen();
  pressBelowNpm();
  expect(interrupt.signal.aborted).toBe(true);
  expect(warnings).toEqual([expect.stringMatching(/^Stopping: /)]);
  pressBelowNpm();
  expect(warnings.slice(1)).toEqual([expect.stringMatching(/create ps-0\nCtrl-C once more leaves now\.$/)]);
  expect(exit).not.toHaveBeenCalled();
  pressBelowNpm();
  expect(exit).toHaveBeenCalledExactlyOnceWith(1);
  exit.mockRestore();
});

it("takes a key that is held down for one press", () => {
  using _interrupt = listen();
  for (let repeats = 0; repeats < 100; repeats += 1) {
    process.emit("SIGINT");
    vi.advanceTimersByTime(30);
  }
  expect(warnings).toHaveLength(1);
});
