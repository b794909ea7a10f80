/** Family and seed of each sequence that is recorded. After a change of the list or of the generator: `npm run test:openstack -- --record test/openstack/differential`. */
export const recorded: readonly (readonly [family: string, seed: number])[] = [
  ["balancers", 2],
  ["servers", 1],
  ["servers", 2],
  ["routers", 1],
  ["routers", 2],
  ["networks", 1],
  ["networks", 2],
  ["ports", 1],
  ["ports", 2],
  ["ports", 3],
  ["security", 1],
  ["security", 2],
  ["storage", 1],
  ["storage", 2],
  ["keys", 1],
  ["keys", 2],
];

/** Written into each recording. */
export const openStackVersions = "terraform-provider-openstack 1.54.1, OpenStack Zed (Debian 12)";

/** Milliseconds. Most of a sequence is waiting, on a busy machine for long. */
export const longest = 1_500_000;

/** `ports-4711,keys-815` -> family and seed of each. */
export function parseTitles(titles: string): readonly (readonly [family: string, seed: number])[] {
  return titles
    .split(",")
    .filter((title) => title !== "")
    .map((title) => {
      const [, family, seed] = /^([a-z]+)-(\d+)$/.exec(title) ?? [];
      if (family === undefined) throw new Error(`${title} is no family and seed, such as ports-4711`);
      return [family, Number(seed)] as const;
    });
}
