import { describePolicies, exitOf } from "../actions/check/check-settings.ts";
import { LorError } from "../core/errors.ts";
import { type LoadOptions, loadProject, type Project } from "../systems/load-project.ts";
import type { SettingsOptions } from "./options.ts";

/**
 * The project that a command works on.
 * @throws LorError `settings-refused` with every problem, the first one in front
 */
export function loadSettings(
  { settings, stack }: Pick<SettingsOptions, "settings" | "stack">,
  policies: LoadOptions["policies"] = "refuse",
): Project {
  const project = loadProject(settings, stack, { policies });
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
    next: settings === "." ? "lor-infra check" : `lor-infra check --settings ${settings}`,
  });
}
