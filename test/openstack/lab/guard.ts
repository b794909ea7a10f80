/**
 * `node guard.ts FOLDER`: stops the OpenStack of a folder when the process that it runs for is gone. It is started beside that process, in a
 * session of its own, so that kill -9 of the process leaves no daemon.
 */
import { setTimeout as pause } from "node:timers/promises";
import { giveUpClaim, holder } from "./claim.ts";
import { Daemons } from "./daemons.ts";
import { Place } from "./place.ts";

const place = new Place(process.argv[2] ?? "");
const daemons = new Daemons(place);

for (let whose = holder(place); whose !== "nobody"; whose = holder(place)) {
  // Somebody decided to keep it: nothing is to be guarded any more.
  if (whose === "kept") process.exit(0);
  await pause(500);
}
await daemons.stop();
giveUpClaim(place);
