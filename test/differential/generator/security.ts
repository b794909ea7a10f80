import { labelChanges, labelMistakes, labels, nobody, put, set, some, wrong } from "./kind.ts";
import type { Inputs, Kind } from "./world.ts";

const freshGroup: Inputs = (draw) => ({ ...labels(draw), ...some(draw, 30, { deleteDefaultRules: draw.chance(70) }) });

export const securityGroup: Kind = {
  type: "openstack:networking/secGroup:SecGroup",
  prefix: "group",
  most: 3,
  // Its rules go with it; a port holds it.
  goesAnyway: ({ name }, world) =>
    world.of("port").every(({ inputs }) => !JSON.stringify(inputs).includes(`"@${name}"`)),
  fresh: freshGroup,
  changes: [...labelChanges, set("deleteDefaultRules", true, false)],
  mistakes: [...labelMistakes(freshGroup), (draw) => ({ ...labels(draw), name: "default" })],
  wrongChanges: [set("name", "n".repeat(256))],
};

const freshRule: Inputs = (draw, world) => {
  const group = world.any(draw, "group");
  if (group === undefined) return undefined;
  const first = 1000 + world.next();
  const what = draw.oneOf([
    { protocol: "tcp", portRangeMin: first, portRangeMax: first },
    { protocol: "tcp", portRangeMin: first, portRangeMax: first + 5 },
    { protocol: "udp", portRangeMin: first, portRangeMax: first },
    { protocol: "icmp" },
    { protocol: "tcp" },
    {},
  ]);
  const remote = world.any(draw, "group");
  const from = draw.oneOf([
    { remoteIpPrefix: `10.20.${world.next()}.0/24` },
    { remoteIpPrefix: `192.168.${world.next()}.1/32` },
    { remoteGroupId: `@${remote?.name ?? group.name}` },
  ]);
  return {
    securityGroupId: `@${group.name}`,
    direction: draw.oneOf(["ingress", "ingress", "egress"]),
    ethertype: "IPv4",
    ...what,
    ...from,
    ...some(draw, 30, { description: "for the fronts" }),
  };
};

export const securityGroupRule: Kind = {
  type: "openstack:networking/secGroupRule:SecGroupRule",
  prefix: "rule",
  most: 5,
  fresh: freshRule,
  changes: [
    set("description", "changed", undefined),
    set("direction", "egress", "ingress"),
    (_draw, world, now) => put(now, { remoteGroupId: undefined, remoteIpPrefix: `10.30.${world.next()}.0/24` }),
    (_draw, world, now) => {
      const first = 2000 + world.next();
      return put(now, { protocol: "tcp", portRangeMin: first, portRangeMax: first });
    },
  ],
  mistakes: [
    (draw, world) => wrong(freshRule(draw, world), { securityGroupId: nobody }),
    (draw, world) => wrong(freshRule(draw, world), { remoteIpPrefix: undefined, remoteGroupId: nobody }),
    (draw, world) => wrong(freshRule(draw, world), { direction: "sideways" }),
    (draw, world) => wrong(freshRule(draw, world), { ethertype: "IPv5" }),
    (draw, world) => wrong(freshRule(draw, world), { protocol: "pigeon" }),
    (draw, world) => wrong(freshRule(draw, world), { protocol: "tcp", portRangeMin: 90, portRangeMax: 80 }),
    (draw, world) => wrong(freshRule(draw, world), { protocol: "tcp", portRangeMin: 80, portRangeMax: 70000 }),
    (draw, world) => wrong(freshRule(draw, world), { protocol: undefined, portRangeMin: 80, portRangeMax: 80 }),
    (draw, world) => wrong(freshRule(draw, world), { remoteGroupId: undefined, remoteIpPrefix: "10.20.0.0/40" }),
    (draw, world) => wrong(freshRule(draw, world), { direction: undefined }),
    // The same again.
    (draw, world) => world.any(draw, "rule")?.inputs,
  ],
};
