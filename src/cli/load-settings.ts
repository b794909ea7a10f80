import { describePolicies, exitOf } from "../actions/check/check-settings.ts";
import { LorError } from "../core/errors.ts";
import { recordedStacks } from "../state/recorded-stacks.ts";
import { type LoadOptions, loadProject, type Project } from "../systems/load-project.ts";
import type { SettingsOptions } from "./options.ts";

/**
 * Loads the project of a command.
 * @throws LorError `settings-refused` with all problems, the first one as its message
 */
export function loadSettings(
  { settings, stack, cloud }: Pick<SettingsOptions, "settings" | "stack"> & { readonly cloud?: string },
  policies: LoadOptions["policies"] = "refuse",
): Project {
  const project = loadProject(settings, stack, {
    policies,
    recorded: recordedStacks(settings, process.env, cloud),
  });
  if (project.ok) return project.value;
  const lines = [
    ...project.issues.map((issue) => `  ${issue.path}: ${issue.message} [${issue.code}]`),
    ...describePolicies(project.issues).map(({ code, remedy }) => `  to do for ${code}: ${remedy}`),
  ];
  const exit = exitOf(project.issues);
  throw new LorError({
    code: "settings-refused",
    message: `the settings in ${settings} have ${project.issues.length === 1 ? "a problem" : `${project.issues.length} problems`}\n${lines.join("\n")}`,
    exit,
    culprit: "user",
    next: "correct the settings, then lor-infra check",
  });
}
