import { openContext } from "../../src/actions/open-context.ts";
import { switchProfile } from "../../src/actions/switch-profile.ts";
import { projectIn } from "./real-stack.ts";

/** `rush` or `normal` as a process of its own, to be killed. */
const [, , dir = "", target = ""] = process.argv;
if (target !== "rush" && target !== "normal") throw new Error("rush or normal");
await using context = await openContext({
  project: projectIn(dir),
  cloud: "local",
  env: process.env,
  operation: target,
});
await switchProfile(context, { target, confirm: async () => true });
