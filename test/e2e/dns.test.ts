import { afterEach, expect, it } from "vitest";
import { createdProject } from "./created-stack.ts";
import type { InProcessProject } from "./in-process.ts";

let project: InProcessProject | undefined;
afterEach(() => project?.dispose());

interface DnsDocument {
  readonly records: readonly {
    readonly name: string;
    readonly type: string;
    readonly value: string | null;
    readonly managed: boolean;
    readonly answers: readonly string[] | string;
    readonly right: boolean | null;
  }[];
}

const section = (manage: boolean) =>
  `  dns:\n    value:\n      zone: lor.example\n      manage: ${manage}\n      records:\n` +
  `        - { name: "@", type: MX, value: "10 mx1.mail.example." }\n` +
  `        - { name: "@", type: TXT, value: "v=spf1 include:mail.example ~all" }\n` +
  // Longer than one character string of the DNS.
  `        - { name: "mail._domainkey", type: TXT, value: "v=DKIM1; p=${"k".repeat(392)}" }\n`;

it("lists the records to enter by hand, then creates them, and never beside one that somebody else made", async () => {
  const lor = await createdProject();
  project = lor;
  lor.edit("Pulumi.yaml", (text) => `${text}${section(false)}`);
  const byHand = await lor.json<DnsDocument>(["dns"], 5);
  expect(
    byHand.records.map(({ name, type, managed, answers, right }) => ({ name, type, managed, answers, right })),
  ).toEqual(
    [
      "www.lor.example A",
      "erp.lor.example A",
      "lor.example MX",
      "lor.example TXT",
      "mail._domainkey.lor.example TXT",
    ].map((text) => {
      const [name, type] = text.split(" ");
      return { name, type, managed: false, answers: [], right: false };
    }),
  );
  expect((await lor.run(["preview", "--exit-code"])).code).toBe(0);

  const { zones } = await lor.clients();
  await zones.create("lor.example", { subDomain: "www", fieldType: "A", target: "203.0.113.7", ttl: 0 });
  lor.edit("Pulumi.yaml", (text) => text.replace("manage: false", "manage: true"));
  const refused = await lor.json<{ error: { code: string; seen: string } }>(["up", "--yes"], 3);
  expect(refused.error).toMatchObject({ code: "dns-record-exists", seen: "www.lor.example A 203.0.113.7" });
  const like = { subDomain: "www", fieldType: "A" };
  for (const { id } of await zones.records("lor.example", like)) await zones.remove("lor.example", id);

  const up = await lor.json<{ changes: readonly { kind: string; type: string; name: string }[] }>(["up", "--yes"]);
  expect(up.changes.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
    "create dns-erp-a",
    "create dns-mail-domainkey-txt",
    "create dns-www-a",
    "create dns-zone-mx",
    "create dns-zone-txt",
  ]);
  const done = await lor.json<DnsDocument>(["dns"]);
  for (const record of done.records) {
    expect(record).toMatchObject({ managed: true, right: true });
  }
  expect((await lor.run(["preview", "--exit-code"])).code).toBe(0);
  expect((await lor.run(["preview", "--detect", "--exit-code"])).code).toBe(0);
});
