/**
 * `node guard.ts FOLDER PID START`: stops the OpenStack of a folder when the process that it runs for is gone. It is started by that process,
 * in a session of its own, so that kill -9 of the process leaves no daemon.
 */
import { setTimeout as pause } from "node:timers/promises";
import { isAlive, type ProcessIdentity } from "../../../src/os/process-identity.ts";
import { alone, giveUpClaim, readClaim } from "./claim.ts";
import { Daemons } from "./daemons.ts";
import { Place } from "./place.ts";

const [folder = "", pid = "", startTicks = ""] = process.argv.slice(2);
const place = new Place(folder);
const guarded: ProcessIdentity = { pid: Number(pid), startTicks };

while (isAlive(guarded)) await pause(500);
await alone(place, async () => {
  const claim = readClaim(place);
  // It was stopped in order, kept by a person, or claimed by a later process.
  if (claim === undefined || claim === "stopped" || claim.pid !== guarded.pid || claim.startTicks !== startTicks)
    return;
  await new Daemons(place).stop();
  giveUpClaim(place);
});
