import type { TestProject } from "../e2e/project.ts";

/** Gives the shop that many fronts in normal, and one more in rush. */
export function withFronts(project: TestProject, fronts: number): void {
  project.edit("Pulumi.normal.yaml", (text) => text.replace(/fronts: \d+/, `fronts: ${fronts} `));
  project.edit("Pulumi.rush.yaml", (text) => text.replace(/fronts: \d+/, `fronts: ${fronts + 1} `));
  const addresses = Array.from({ length: fronts + 1 }, (_, index) => `10.10.1.${10 + index}`);
  project.edit("Pulumi.yaml", (text) =>
    text.replace(
      /addresses: \[10\.10\.1\.10,[^\]]*\]/, // Few PHP children on each: together they must not exceed what the database accepts.
      `addresses: [${addresses.join(", ")} ]\n      phpChildren: 4`,
    ),
  );
}
