import { afterAll, beforeAll, expect, test } from "vitest";
import { selfSignedPkcs12 } from "../../../src/os/pkcs12.ts";
import { certificate } from "../../../src/systems/lor/certificate.ts";
import type { LorPlan } from "../../../src/systems/lor/plan-model.ts";
import { planProfile } from "../../../src/systems/project-plan.ts";
import { CertificateWatch } from "../certificate-watch.ts";
import { nothing } from "../cloud.ts";
import { minute, Shop } from "./shop.ts";

const domain = "www.shop.example";

let shop: Shop;

beforeAll(async () => {
  shop = await Shop.open("certificate");
  // No authority is asked here: it has issued already.
  shop.edit(
    "Pulumi.yaml",
    (text) =>
      `${text}  certificates:\n    value: { kind: acme, directory: "https://127.0.0.1:9/directory" }\n  dns:\n    value: { zone: shop.example }\n`,
  );
});

afterAll(async () => {
  // After a failure too: the next run counts from zero.
  await shop?.run("destroy", "--yes", "--with-data", "--in-freeze");
  expect(await shop?.cloud.count()).toEqual(nothing);
  await shop?.close();
}, 10 * minute);

/** Goes on where a run was interrupted that had obtained a certificate: what follows is the whole installation, by the command itself. */
test("a renewal gives Octavia's listener the new certificate before Barbican loses the old one", {
  timeout: 20 * minute,
}, async () => {
  await shop.json("up", "--yes", "--in-freeze");
  const { keyManager, admin, projectId } = shop.cloud;
  const names = await shop.inStack("certificate status", async ({ project }) => {
    return certificate.installed(planProfile(project, "normal") as LorPlan);
  });
  const [old, ...others] = await keyManager.secrets(names.secret);
  expect(others).toEqual([]);
  expect(await keyManager.usedBy(names.listener)).toBe(old?.ref);

  const pkcs12 = selfSignedPkcs12([domain], new Date());
  await shop.inStack("certificate renew", ({ certificates }) =>
    certificates.change({ current: { pkcs12: pkcs12.toString("base64"), origin: "acme", installed: false } }),
  );
  const watch = new CertificateWatch(keyManager, names);
  let renewal: unknown;
  try {
    renewal = await shop.json("certificate", "renew");
  } finally {
    await watch.stop();
  }
  expect(renewal).toMatchObject({ obtained: false, installed: "now", names: [domain] });
  console.log(`  ${watch.looks} looks during the renewal, ${watch.without.length} without a certificate`);
  expect(watch.looks).toBeGreaterThan(10);
  expect(watch.without).toEqual([]);

  const [now, ...more] = await keyManager.secrets(names.secret);
  expect(more).toEqual([]);
  expect(watch.uses).toEqual([old?.ref, now?.ref]);
  expect(Buffer.from(now?.payload ?? []).equals(pkcs12)).toBe(true);
  const [listener] = await admin.list("octavia", "listener", `?project_id=${projectId}&name=${names.listener}`);
  expect(listener).toMatchObject({ provisioning_status: "ACTIVE", default_tls_container_ref: now?.ref });
  // And there is nothing left to do.
  expect(await shop.json("certificate", "renew")).toMatchObject({ obtained: false, installed: "already" });
  expect((await shop.run("preview", "--exit-code")).code).toBe(0);
});
