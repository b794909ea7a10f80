import { expect, test } from "vitest";
import { availabilityIn, type FrontSeen } from "./front-watch.ts";

const seen = (name: string, taken: boolean, runs: boolean): FrontSeen => ({ name, taken, runs });
const well = (name: string) => seen(name, true, true);
const drained = (name: string) => seen(name, false, true);
const stopped = (name: string) => seen(name, true, false);

test("a front out of the pool is out, though it runs; a new one is none of those that were there", () => {
  const samples = [
    { seconds: 0, fronts: [well("ps-0"), well("ps-1")] },
    { seconds: 1, fronts: [well("ps-0"), well("ps-1"), drained("ps-2")] },
    { seconds: 2, fronts: [drained("ps-0"), well("ps-1"), well("ps-2")] },
    { seconds: 3, fronts: [well("ps-0"), well("ps-1"), well("ps-2")] },
  ];
  expect(availabilityIn(samples)).toEqual({ mostOut: 1, fewestServing: 2, misdirectedSeconds: 0 });
});

test("two that do not run while the pool still takes them: both are out, and customers are sent to them", () => {
  const samples = [
    { seconds: 0, fronts: [well("ps-0"), well("ps-1")] },
    { seconds: 1, fronts: [stopped("ps-0"), stopped("ps-1")] },
    { seconds: 3, fronts: [stopped("ps-0"), seen("ps-1", false, false)] },
    { seconds: 4, fronts: [well("ps-0")] },
  ];
  expect(availabilityIn(samples)).toEqual({ mostOut: 2, fewestServing: 0, misdirectedSeconds: 5 });
});
