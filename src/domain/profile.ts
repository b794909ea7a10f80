/** The two sizes of a system: `normal` for everyday load, `rush` for the weeks before an event. */
export type Profile = "normal" | "rush";
