/** Family and seed of each sequence that is recorded. After a change of the list or of the generator: `npm run test:openstack -- --record test/openstack/differential`. */
export const recorded: readonly (readonly [family: string, seed: number])[] = [
  ["balancers", 1],
  ["servers", 1],
  ["routers", 1],
  ["networks", 1],
  ["networks", 2],
  ["ports", 1],
  ["ports", 2],
  ["security", 1],
  ["security", 2],
  ["storage", 1],
  ["storage", 2],
  ["storage", 3],
  ["keys", 1],
  ["keys", 2],
  ["keys", 3],
];
