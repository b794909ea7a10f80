import { type OpenStackArgs, openStack } from "../../src/engine/automation-stack.ts";
import { Thing } from "./tiny-stack.ts";

/** A process of its own that runs an update and is killed in it. */
const args = JSON.parse(process.argv[2] ?? "") as OpenStackArgs;
const stack = await openStack(args);
await stack.up(async () => {
  const first = new Thing("first", { waits: true });
  new Thing("second", { v: 1 }, { dependsOn: first });
  return {};
});
