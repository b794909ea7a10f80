import * as z from "zod";
import { calendar } from "./calendar-fields.ts";
import { day, duration, moneyOrNone, oneOf, text } from "./fields.ts";
import { hooks } from "./hook-fields.ts";
import { renamedKeys } from "./known-keys.ts";
import { stateBackend } from "./state-fields.ts";

const line = (most: number) =>
  text(new RegExp(`^\\S.{0,${most - 1}}$`), { code: "text-invalid", accepted: "a text on one line" });

const waiver = z.object({
  policy: z.string("the code of a policy"),
  of: line(100).optional(),
  owner: line(100),
  reason: line(300),
  until: day(),
});

/** Sections of the settings of every system; a system's schema spreads them. @param id of the system */
export function sharedFields<Id extends string>(id: Id) {
  return {
    system: oneOf([id], "system-unknown"),
    profile: oneOf(["normal", "rush"], "profile-unknown"),
    rpo: duration("PT1S"),
    calendar: calendar().prefault({}),
    state: z
      .object({
        backend: stateBackend().prefault("folder"),
        localCloudToo: z.boolean("true or false").prefault(false),
      })
      .prefault({}),
    policies: z
      .object({
        budget: moneyOrNone("EUR").prefault("none"),
        priceBookAge: duration("P1D").prefault("P540D"),
      })
      .prefault({}),
    hooks: hooks().prefault({}).register(renamedKeys, { old: "beforeNormal", path: "hooks.beforeScaleDown" }),
    waivers: z.array(waiver, "a list of waivers").prefault([]),
  };
}
