import { TestProject } from "../e2e/project.ts";
import type { Figure } from "./measure.ts";

/** Calls of a command, read or write. No limit: the figure is to be compared with the one before. */
export async function apiCalls(): Promise<readonly Figure[]> {
  const project = new TestProject();
  try {
    const figures: Figure[] = [];
    let after = 0;
    for (const command of [["up", "--yes"], ["preview"], ["status"]]) {
      const { code, stderr } = await project.run(command);
      if (code !== 0) throw new Error(`${command.join(" ")} failed:\n${stderr}`);
      const entries = await project.cloud.journal({ after, limit: 100_000 });
      after = entries.at(-1)?.seq ?? after;
      const counted = new Map<string, number>();
      for (const { api, operation, name = "" } of entries) {
        // The name of a call of the raw APIs is its method and path.
        const kind = `${api} ${api === "http" ? name.split(" ", 1)[0] : operation}`;
        counted.set(kind, (counted.get(kind) ?? 0) + 1);
      }
      const kinds = [...counted].map(([kind, count]) => `${count} ${kind}`).toSorted();
      figures.push({
        name: `calls of ${command[0]} to the cloud, by kind`,
        seen: `${entries.length}: ${kinds.join(", ") || "none"}`,
        limit: "none",
        within: true,
      });
    }
    return figures;
  } finally {
    await project.dispose();
  }
}
