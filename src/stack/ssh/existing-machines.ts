import type { StackContext } from "../stack-context.ts";
import { routesOf } from "./open-access.ts";

/** Machines with an application that exist in the cloud at the moment, in the order of the settings. */
export async function existingMachines({
  project,
  clients,
}: Pick<StackContext, "project" | "clients">): Promise<
  readonly { readonly name: string; readonly application: string }[]
> {
  const { machines, plan } = routesOf(project);
  const servers = await clients.compute.findServers(`${plan.prefix}-`);
  const there = new Set(servers.filter(({ state }) => state !== "deleted").map(({ name }) => name));
  return machines.flatMap(({ name, cloudName, application }) =>
    application !== undefined && there.has(cloudName) ? [{ name, application: application.name }] : [],
  );
}
