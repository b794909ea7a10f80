import type { Host } from "../../os/host.ts";

/** What a local cloud takes from the machine under it, besides the time. */
export type CloudMachine = Pick<Host, "after" | "soon" | "monotonic" | "randomBytes">;
