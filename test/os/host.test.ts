import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Host, host, runOn } from "../../src/os/host.ts";
import { thisMachine } from "../../src/os/process-identity.ts";
import { thisUser } from "../../src/os/user.ts";

const other: Host = {
  ...host(),
  user: "anne",
  machine: { host: "atelier", boot: "boot-1", processes: "pid:[1]" },
};

it("is another machine for whatever was started on it, and this one for everything else", async () => {
  const seen = runOn(other, async () => {
    await turn();
    return [thisUser(), thisMachine().host];
  });
  expect(thisMachine().host).not.toBe("atelier");
  expect(await seen).toEqual(["anne", "atelier"]);
  expect(thisMachine().host).not.toBe("atelier");
});
