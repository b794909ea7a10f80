import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { inject } from "vitest";
import type { Profile } from "../../src/domain/profile.ts";
import { InProcessProject } from "./in-process.ts";
import { type ResourceSet, resourcesIn } from "./resource-set.ts";

/**
 * A project in which Lor is up in a profile. One `up` that nothing disturbs is run once for a whole test run; each project gets a copy of its
 * state folder, cloud and all, and starts that cloud with its first command.
 */
export async function createdProject(
  profile: Profile = "normal",
  project = new InProcessProject(),
): Promise<InProcessProject> {
  const made = await createdHome(profile);
  cpSync(made, project.home, { recursive: true });
  return project;
}

/** What an `up` into the profile makes that nothing disturbs. */
export async function undisturbed(profile: Profile): Promise<ResourceSet> {
  return await resourcesIn(await createdHome(profile));
}

/** The first to ask makes it, in whatever worker; the others wait. */
async function createdHome(profile: Profile): Promise<string> {
  const home = join(inject("createdStacks"), profile);
  while (!existsSync(home)) {
    if (!take(`${home}.lock`)) {
      await pause(100);
      continue;
    }
    try {
      if (!existsSync(home)) await create(profile, home);
    } finally {
      rmSync(`${home}.lock`, { recursive: true });
    }
  }
  return home;
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function create(profile: Profile, home: string): Promise<void> {
  const project = new InProcessProject();
  try {
    for (const args of [
      ["up", "--profile", profile, "--yes"],
      ["cloud", "stop"],
    ]) {
      const run = await project.run(args);
      if (run.code !== 0) throw new Error(`lor-infra ${args.join(" ")} ended with ${run.code}:\n${run.stderr}`);
    }
    cpSync(project.home, `${home}.part`, { recursive: true });
    renameSync(`${home}.part`, home);
  } finally {
    await project.dispose();
  }
}
