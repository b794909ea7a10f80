import { mapKey } from "../../config/resource-map.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import type { ImportedResource, ImportProposal } from "./import-proposal.ts";

/** Reason why nothing is adopted; undefined when there is none. The screen lists every reason; the error names the first kind. */
export function importRefusal(proposal: ImportProposal): LorError | undefined {
  const { resources } = proposal;
  const of = (verdict: ImportedResource["verdict"]) => resources.filter((one) => one.verdict === verdict);
  const also = { resources, secrets: proposal.secrets };
  const refused = { exit: ExitCode.refused, culprit: "user", also } as const;
  const [ambiguous] = of("ambiguous");
  if (ambiguous !== undefined) {
    return new LorError({
      ...refused,
      code: "import-ambiguous",
      message: `several resources in the cloud match ${count(of("ambiguous"))}; nothing was changed`,
      seen: `${mapKey(ambiguous)}: ${ambiguous.ids?.join(", ")}`,
      accepted: `one line for each in the file of --map, such as \`${mapKey(ambiguous)}: ${ambiguous.ids?.[0]}\``,
      next: "lor-infra import --map FILE",
    });
  }
  const [incomplete] = of("incomplete");
  if (incomplete !== undefined) {
    const [lacks] = incomplete.lacks ?? [];
    return new LorError({
      ...refused,
      code: "import-incomplete",
      message: `${count(of("incomplete"))} depend on resources that were not found; nothing was changed`,
      seen: `${mapKey(incomplete)} is there, and ${incomplete.lacks?.join(", ")} is not found`,
      accepted: `where it is called otherwise, a line in the file of --map, such as \`${lacks}: ID\``,
      next: "lor-infra import --map FILE",
    });
  }
  const [differing] = of("differs");
  if (differing !== undefined) {
    const settings = of("differs")
      .flatMap((one) => one.differences ?? [])
      .flatMap((one) => one.setting ?? []);
    return new LorError({
      ...refused,
      code: "import-differs",
      message: `the next run would change ${count(of("differs"))}; nothing was changed`,
      seen: of("differs").map(describeDifferences).join("; "),
      accepted:
        settings.length === 0
          ? "what the settings say"
          : `settings that say what is there: ${[...new Set(settings)].join(", ")}`,
      next: "change the settings, or the resource in the cloud, then the same command again",
    });
  }
  const [unknown] = proposal.secrets.filter((one) => one.from === "unknown");
  if (unknown !== undefined) {
    return new LorError({
      ...refused,
      code: "import-secret-unknown",
      message: "secrets are in use that no API returns, and new ones would lock out their users; nothing was changed",
      seen: proposal.secrets
        .filter((one) => one.from === "unknown")
        .map((one) => one.what)
        .join(", "),
      accepted: `one line for each in the file of --secrets, such as \`${mapKey(unknown)}: …\``,
      next: "lor-infra import --secrets FILE",
    });
  }
  if (of("found").length + of("known").length === 0) {
    return new LorError({
      ...refused,
      code: "import-nothing-found",
      message: "none of the resources of these settings exists in the cloud",
      accepted: "names that follow from project and stack, or a file of --map",
      next: "lor-infra up, to create it",
    });
  }
  return undefined;
}

function count(resources: readonly ImportedResource[]): string {
  return `${resources.length} of the resources`;
}

function describeDifferences(resource: ImportedResource): string {
  const parts = (resource.differences ?? []).map(
    ({ path, found, wanted }) => `${path} ${found ?? "none"} instead of ${wanted ?? "none"}`,
  );
  return `${mapKey(resource)}: ${parts.join(", ")}`;
}
