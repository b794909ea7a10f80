import { Resolver } from "node:dns/promises";
import { expect, it, onTestFinished } from "vitest";
import { startDnsServer } from "../../../src/local-cloud/ovhcloud/zones/dns-server.ts";
import { openCloud, refusal } from "../test-cloud.ts";

const zone = "lor.example";
const record = (subDomain: string, fieldType: string, target: string, ttl = 0) => ({
  zone,
  subDomain,
  fieldType,
  target,
  ttl,
});

async function zonesWithResolver() {
  const zones = openCloud().ovhZones;
  const server = await startDnsServer(zones);
  onTestFinished(() => server.close());
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  resolver.setServers([server.address]);
  return { zones, resolver };
}

it("answers a real resolver with what was published, also a deleted record until the next time", async () => {
  const { zones, resolver } = await zonesWithResolver();
  const www = zones.create(record("www", "A", "203.0.113.10"));
  await expect(resolver.resolve4("www.lor.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
  zones.refresh(zone);
  expect(await resolver.resolve4("www.lor.example", { ttl: true })).toEqual([{ address: "203.0.113.10", ttl: 3600 }]);
  await expect(resolver.resolveTxt("www.lor.example")).rejects.toMatchObject({ code: "ENODATA" });
  zones.remove(zone, www.id);
  expect(await resolver.resolve4("www.lor.example")).toEqual(["203.0.113.10"]);
  zones.refresh(zone);
  await expect(resolver.resolve4("www.lor.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
});

it("keeps several values of one name, long texts whole, and the other types", async () => {
  const { zones, resolver } = await zonesWithResolver();
  const long = "v=DKIM1; p=".padEnd(400, "A");
  for (const one of [
    record("_acme-challenge", "TXT", "first"),
    record("_acme-challenge", "TXT", "second"),
    record("mail._domainkey", "DKIM", long),
    record("", "MX", "10 mx1.mail.example."),
    record("blog", "CNAME", "www.lor.example."),
    record("", "CAA", '0 issue "letsencrypt.org"'),
  ]) {
    zones.create(one);
  }
  zones.refresh(zone);
  expect((await resolver.resolveTxt("_acme-challenge.lor.example")).flat().toSorted()).toEqual(["first", "second"]);
  expect((await resolver.resolveTxt("mail._domainkey.lor.example")).map((parts) => parts.join(""))).toEqual([long]);
  expect(await resolver.resolveMx(zone)).toMatchObject([{ exchange: "mx1.mail.example", priority: 10 }]);
  expect(await resolver.resolveCname("blog.lor.example")).toEqual(["www.lor.example"]);
  expect(await resolver.resolveCaa(zone)).toMatchObject([{ issue: "letsencrypt.org" }]);
});

it("lets a wildcard answer for names that do not exist, and for no other", async () => {
  const { zones, resolver } = await zonesWithResolver();
  zones.create(record("*", "A", "203.0.113.1"));
  zones.create(record("a.b", "A", "203.0.113.2"));
  zones.refresh(zone);
  expect(await resolver.resolve4("any.lor.example")).toEqual(["203.0.113.1"]);
  // Exists because of a.b: the acme.sh report of a wildcard that stops answering.
  await expect(resolver.resolve4("b.lor.example")).rejects.toMatchObject({ code: "ENODATA" });
});

it("adds beside what is there, and keeps the zone's own time to live as 0", () => {
  const { ovhZones } = openCloud();
  ovhZones.create(record("www", "A", "203.0.113.10", 3600));
  ovhZones.create(record("www", "A", "203.0.113.11", 60));
  ovhZones.create(record("www", "A", "203.0.113.11", 60));
  expect(ovhZones.list(zone, { subDomain: "www" }).map(({ ttl }) => ttl)).toEqual([0, 60, 60]);
});

it("refuses what the service refuses", () => {
  const { ovhZones } = openCloud();
  ovhZones.create(record("www", "A", "203.0.113.10"));
  expect(refusal(() => ovhZones.create(record("www", "CNAME", "lor.example."))).status).toBe(409);
  expect(refusal(() => ovhZones.create(record("x", "A", "not an address"))).status).toBe(400);
  expect(refusal(() => ovhZones.create(record("x", "ALIAS", "lor.example."))).status).toBe(400);
  expect(refusal(() => ovhZones.list("www.lor.example"))).toMatchObject({
    status: 404,
    message: "This service does not exist",
  });
});
