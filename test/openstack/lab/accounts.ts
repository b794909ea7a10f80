import type { AdminApi } from "./admin-api.ts";
import { password, region } from "./place.ts";
import { otherServices } from "./services.ts";

/** What a member of a project may do: as on a public cloud, no more. */
const tenantRoles = ["member", "reader", "load-balancer_member", "creator"];

/** Makes every role, the services' accounts and entries of the catalogue. Doing it again changes nothing. */
export async function makeAccounts(admin: AdminApi): Promise<void> {
  // Now: projects are made side by side later, and of two that make the same role one is refused.
  for (const role of tenantRoles) await admin.ensure("keystone", "role", role);
  const project = await admin.ensure("keystone", "project", "service", { domain_id: "default" });
  for (const { name, catalogue } of otherServices) {
    const user = await admin.ensure("keystone", "user", name, { password, domain_id: "default" });
    // Octavia and Swift also act inside their callers' projects.
    const more = name === "swift" ? ["ResellerAdmin"] : name === "octavia" ? ["load-balancer_admin"] : [];
    await assign(admin, project.id, user.id, ["admin", "service", ...more]);
    for (const { type, name: title, url } of catalogue) {
      const service = await admin.ensure("keystone", "service", title, { type });
      const existing = await admin.list("keystone", "endpoint", `?service_id=${service.id}`);
      for (const kind of ["public", "internal", "admin"].filter((one) => existing.every((e) => e.interface !== one))) {
        await admin.create("keystone", "endpoint", { service_id: service.id, interface: kind, url, region_id: region });
      }
    }
  }
}

/** Makes a project, with a user of the same name. */
export async function makeTenant(admin: AdminApi, name: string): Promise<string> {
  const project = await admin.ensure("keystone", "project", name, { domain_id: "default" });
  const user = await admin.ensure("keystone", "user", name, { password, domain_id: "default" });
  await assign(admin, project.id, user.id, tenantRoles);
  return project.id;
}

async function assign(admin: AdminApi, project: string, user: string, roles: readonly string[]): Promise<void> {
  for (const name of roles) {
    const role = await admin.ensure("keystone", "role", name);
    await admin.call("keystone", "PUT", `/projects/${project}/users/${user}/roles/${role.id}`);
  }
}
