import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Host, host, runOn, systemClock } from "../../src/os/host.ts";
import { instantNow } from "../../src/os/instant.ts";
import { thisMachine } from "../../src/os/process-identity.ts";
import { randomBelow } from "../../src/os/random.ts";
import { withinTime } from "../../src/os/time-limit.ts";
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

it("tells the time of the host that asks", () => {
  const now = new Date("2026-12-24T18:00:00Z");
  const clock = { ...host().clock, now: () => now };
  expect(runOn({ ...other, clock }, () => [systemClock.now(), instantNow().toString()])).toEqual([
    now,
    "2026-12-24T18:00:00Z",
  ]);
});

it("limits the time of something by the host's timers, and leaves none behind", async () => {
  const due: (() => void)[] = [];
  let stopped = 0;
  const after = (_: number, work: () => void) => {
    due.push(work);
    return () => void stopped++;
  };
  const { promise, reject } = Promise.withResolvers<never>();
  const waited = runOn({ ...other, after }, () =>
    withinTime(60_000, (signal) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      return promise;
    }),
  );
  due[0]?.();
  await expect(waited).rejects.toMatchObject({ name: "TimeoutError" });
  expect(stopped).toBe(1);
});

it("draws each number below a limit, and none twice as often because the bytes do not divide evenly", () => {
  const draws = [0xff_ff_ff_ff, 0xff_ff_ff_fe, 7];
  const randomBytes = (count: number) => {
    const bytes = Buffer.alloc(count);
    bytes.writeUInt32BE(draws.shift() ?? 0);
    return bytes;
  };
  // 2^32 is 1 above a multiple of 5: its last value would make 0 more likely.
  expect(runOn({ ...other, randomBytes }, () => [randomBelow(5), randomBelow(5)])).toEqual([0xff_ff_ff_fe % 5, 7 % 5]);
});
