import { destroy } from "../../src/actions/destroy.ts";
import { openContext } from "../../src/actions/open-context.ts";
import { switchProfile } from "../../src/actions/switch-profile.ts";
import { up } from "../../src/actions/up.ts";
import { approve, projectIn } from "./real-stack.ts";

/** One action as a process of its own, to be killed. */
const [, , dir = "", operation = ""] = process.argv;
await using context = await openContext({ project: projectIn(dir), cloud: "local", env: process.env, operation });
switch (operation) {
  case "up":
    await up(context, { confirm: approve });
    break;
  case "rush":
  case "normal":
    await switchProfile(context, { target: operation, confirm: approve });
    break;
  case "destroy":
    await destroy(context, { withData: true, confirm: approve });
    break;
  default:
    throw new Error(`no action ${operation}`);
}
