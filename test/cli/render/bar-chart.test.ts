import { expect, it } from "vitest";
import { drawBars } from "../../../src/cli/render/bar-chart.ts";

it("bars are as long as their values are to each other", () => {
  const bars = [
    { label: "a", value: 10, text: "ten" },
    { label: "long", value: 5, text: "five" },
    { label: "b", value: 0.001, text: "little" },
    { label: "c", value: 0, text: "nothing" },
  ];
  expect(drawBars(bars, 4)).toEqual(["a    ████ ten", "long ██ five", "b    █ little", "c     nothing"]);
});

it("values that are all zero have no bar, and no bars are no lines", () => {
  expect(drawBars([{ label: "a", value: 0, text: "0" }], 4)).toEqual(["a  0"]);
  expect(drawBars([], 4)).toEqual([]);
});
