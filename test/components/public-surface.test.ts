import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { networking } from "@pulumi/openstack";
import { expect, it } from "vitest";
import {
  type DataProtection,
  type ManagedDbArgs,
  type Transform,
  VRack,
  type VRackArgs,
} from "../../components/index.ts";
import { loadProject, openContext, type SwitchResult, switchProfile, up } from "../../src/index.ts";

const components = join(import.meta.dirname, "..", "..", "components");

/** A program of a user's that drives a stack. Compiled, never called: there is no cloud here. */
async function rush(): Promise<SwitchResult> {
  const project = loadProject(".", "prod");
  if (!project.ok) throw new Error(project.issues[0]?.message);
  const opened = { project: project.value, cloud: "local", env: process.env, operation: "rush" } as const;
  await using context = await openContext(opened);
  await up(context, { confirm: async () => true });
  return await switchProfile(context, { target: "rush", confirm: async ({ changes }) => changes.length < 10 });
}

/** Arguments with their protection and an adjusted child have names that a program can write. */
function network(args: VRackArgs, router: Transform<networking.RouterArgs>): VRack {
  const protection: DataProtection = {} satisfies Partial<ManagedDbArgs>;
  return new VRack("network", { ...args, ...protection, transform: { router } });
}

it("a program can be written against the exported names alone", () => {
  expect([rush, network].map((one) => typeof one)).toEqual(["function", "function"]);
});

it("every type and class of a component's file is exported", () => {
  const index = readFileSync(join(components, "index.ts"), "utf8");
  const missing = readdirSync(components, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("base/") && file !== "index.ts")
    .flatMap((file) =>
      [
        ...readFileSync(join(components, file), "utf8").matchAll(
          /^export (?:interface|type|(?:abstract )?class) (\w+)/gm,
        ),
      ]
        .map((match) => match[1] ?? "")
        .filter((name) => !new RegExp(`\\b${name}\\b`).test(index.replaceAll(/"[^"]*"/g, "")))
        .map((name) => `${name} of ${file}`),
    );
  expect(missing).toEqual([]);
});
