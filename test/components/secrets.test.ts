import { expect, test } from "vitest";
import { parseIdentity } from "../../src/machines/user-data.ts";
import { find, instance, plantedCertificate, recordLor, resourcesOf } from "./lor-build.ts";
import { profilePlan } from "./lor-plans.ts";

test("no planted secret is in an input that is not marked secret, nor in the stack's outputs", async () => {
  const cloud = await recordLor(profilePlan("rush"));
  for (const { type, name, inputs, secretInputs } of cloud.registrations) {
    const inClear = Object.entries(inputs).filter(([key]) => !secretInputs.includes(key));
    const text = JSON.stringify(inClear);
    expect(text, `${type} ${name}`).not.toContain("planted");
    expect(text, `${type} ${name}`).not.toContain("temp_url_sig");
  }
  expect(JSON.stringify(cloud.outputs)).not.toContain("planted");
});

test("the database's administrator is known to Odoo's machine alone, in secret inputs", async () => {
  const plan = profilePlan("normal");
  const cloud = await recordLor({ ...plan, postgresql: { ...plan.postgresql, adoptAdministrator: true } });
  const planted = "planted-postgresql-administrator-password";
  const carriers = resourcesOf(cloud).filter(({ inputs }) => JSON.stringify(inputs).includes(planted));
  expect(carriers.map(({ name, secretInputs }) => ({ name, secretInputs }))).toEqual([
    { name: "odoo", secretInputs: ["content"] },
  ]);
  expect(JSON.stringify(cloud.outputs)).not.toContain("planted");
  expect(JSON.parse(String(carriers[0]?.inputs.content))).toMatchObject({
    database: { user: "odoo", administrator: { user: "avnadmin", password: planted } },
  });
});

test("the password of the mail relay is known to the machines that send mail, in secret inputs", async () => {
  const mail = { host: "smtp.lor.example", port: 587, tls: "starttls", user: "shop" } as const;
  const cloud = await recordLor({ ...profilePlan("normal"), mail }, { mailPassword: "planted-mail" });
  const carriers = resourcesOf(cloud).filter(({ inputs }) => JSON.stringify(inputs).includes("planted-mail"));
  expect(carriers.map(({ name, secretInputs }) => ({ name, secretInputs }))).toEqual(
    ["odoo", "ps-0", "ps-1"].map((name) => ({ name, secretInputs: ["content"] })),
  );
  expect(JSON.parse(String(carriers[0]?.inputs.content))).toMatchObject({
    mail,
    secrets: { mailPassword: "planted-mail" },
  });
  expect(JSON.stringify(cloud.outputs)).not.toContain("planted");
});

test("the planted secrets do arrive where they are used, so that the test above can fail", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  const content = (server: string) =>
    String(find(cloud, "openstack:objectstorage/containerObject:ContainerObject", server).inputs.content);
  expect(content("ps-0")).toContain("planted-mysql-password");
  expect(content("ps-0")).toContain("planted-secret-key-images");
  expect(content("odoo")).toContain("planted-postgresql-password");
  expect(content("odoo")).toContain("planted-random-odoo-masterPassword");
  expect(find(cloud, "openstack:keymanager/secretV1:SecretV1", "lb").inputs.payload).toBe(plantedCertificate);
  expect(JSON.stringify(find(cloud, "openstack:objectstorage/container:Container", "configuration").inputs)).toContain(
    "planted-random-configuration",
  );
});

test("inputs that carry a secret are secret in the state as well", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  const carriers = resourcesOf(cloud).filter((each) => each.secretInputs.length > 0);
  expect(carriers.length).toBeGreaterThan(0);
  for (const each of carriers) {
    expect(each.additionalSecretOutputs, `${each.type} ${each.name}`).toEqual(
      expect.arrayContaining([...each.secretInputs]),
    );
  }
});

test("user data names the guest and its document, and nothing that may change", async () => {
  const normal = await recordLor(profilePlan("normal"));
  const rush = await recordLor(profilePlan("rush"));
  for (const server of ["ps-0", "ps-1", "odoo"]) {
    const userData = String(find(normal, instance, server).inputs.userData);
    expect(parseIdentity(userData)).toEqual({
      name: server,
      role: server === "odoo" ? "odoo" : "prestashop",
      documentUrl: expect.stringMatching(
        new RegExp(
          `^https://storage\\.gra\\.cloud\\.ovh\\.net/v1/AUTH_[0-9a-f]{32}/lor-prod-configuration/guests/${server}\\.json\\?temp_url_sig=[0-9a-f]{64}&temp_url_expires=4102444800$`,
        ),
      ),
    });
    expect(find(rush, instance, server).inputs.userData).toBe(userData);
  }
});
