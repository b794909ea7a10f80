/** Family and seed of each sequence that is recorded: some that the generator grew with, and some that new seeds found a difference in. After a change of the list or of the generator: `npm run test:openstack -- --record test/openstack/differential`. */
export const recorded: readonly (readonly [family: string, seed: number])[] = [
  ["keys", 1],
  ["keys", 2],
  ["servers", 1],
  ["servers", 2],
  ["storage", 1],
  ["storage", 2],
  ["servers", 219192],
  ["storage", 782321],
  ["balancers", 13102],
  ["networks", 880024],
  ["security", 519933],
  ["balancers", 851961],
  ["balancers", 888982],
  ["networks", 131975],
  ["networks", 949562],
  ["ports", 697246],
  ["ports", 86967],
  ["ports", 900918],
  ["routers", 137858],
  ["routers", 23779],
  ["routers", 934818],
  ["security", 55864],
  ["security", 985075],
  ["storage", 154435],
  ["storage", 495650],
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
