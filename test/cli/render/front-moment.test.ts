import { expect, it } from "vitest";
import { renderMoment } from "../../../src/cli/render/front-moment.ts";

const front = { kind: "front", front: "ps-0" } as const;

it("says of open connections what was seen, and no more", () => {
  expect(renderMoment({ ...front, moment: "connections-ended", connections: 0 })).toBe(
    "its open connections have ended",
  );
  expect(renderMoment({ ...front, moment: "connections-left", connections: 3, seconds: 120 })).toBe(
    "3 connections are still open after 2 min, the limit; it is taken out all the same",
  );
  expect(renderMoment({ ...front, moment: "connections-not-counted", seconds: 30 })).toBe(
    "waited 30 s for open connections to end; this cloud does not count them",
  );
});
