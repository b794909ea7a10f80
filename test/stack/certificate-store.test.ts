import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CertificateStore, selfMade } from "../../src/stack/certificate-store.ts";
import { FolderFiles } from "../../src/state/folder-files.ts";

const folder = () => mkdtempSync(join(tmpdir(), "lor-certificate-"));
const planted = "-----BEGIN PLANTED KEY-----";

it("keeps the account, the order and the certificate encrypted, and reads them in another process", async () => {
  const place = folder();
  const files = new FolderFiles(place);
  const store = new CertificateStore(files, "of the stack");
  expect(await store.read()).toEqual({ accounts: {}, proofs: [] });
  const order = {
    directory: "https://ca.example/dir",
    url: "https://ca.example/order/1",
    names: ["a.example"],
    key: planted,
  };
  await store.change({ accounts: { "https://ca.example/dir": planted }, order });
  const current = await selfMade(["a.example"], new Date());
  await store.change({ current });
  expect(readFileSync(join(place, "certificate.json"), "utf8")).not.toContain("PLANTED");
  const again = new CertificateStore(files, "of the stack");
  expect(await again.read()).toMatchObject({ accounts: { "https://ca.example/dir": planted }, order, current });
  await again.change({ order: undefined });
  expect((await store.read()).order).toBeUndefined();
});

it.each([
  { damage: "another passphrase", passphrase: "other", change: (text: string) => text },
  {
    damage: "a changed byte",
    passphrase: "of the stack",
    change: (text: string) => text.replace(/:([^:])(?=[^:]*\n)/, (_, first) => (first === "A" ? ":B" : ":A")),
  },
  { damage: "a cut file", passphrase: "of the stack", change: (text: string) => text.slice(0, 20) },
])("refuses the file after $damage, and never takes it for an empty one", async ({ passphrase, change }) => {
  const place = folder();
  const files = new FolderFiles(place);
  await new CertificateStore(files, "of the stack").change({ accounts: { a: planted } });
  const path = join(place, "certificate.json");
  writeFileSync(path, change(readFileSync(path, "utf8")));
  const store = new CertificateStore(files, passphrase);
  await expect(store.read()).rejects.toMatchObject({ code: "certificate-store-unreadable" });
  await expect(store.change({ proofs: [] })).rejects.toMatchObject({ code: "certificate-store-unreadable" });
});
