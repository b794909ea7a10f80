import type { BackupsView } from "../../clouds/clients.ts";
import type { Answer } from "../../rolling/preflight/answer.ts";
import type { BackupFacts, BackupSeen } from "../../rolling/preflight/backups.ts";
import { cloudPrefix } from "../../stack/observe-fleet.ts";
import { askCloud } from "../../stack/query-cloud.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import type { BackupSource } from "../../systems/contract.ts";
import { planProfile } from "../../systems/project-plan.ts";

/** How old the newest backup of everything is, as far as the cloud tells. */
export async function readBackups(context: StackContext): Promise<BackupFacts> {
  const { recovery } = context.project.system.capabilities;
  const sources = recovery?.backupSources(planProfile(context.project, "normal")) ?? [];
  const [now, servers, seen] = await Promise.all([
    askCloud(() => context.clients.backups.now()),
    askCloud(() => context.clients.compute.findServers(`${cloudPrefix(context)}-`)),
    Promise.all(sources.map((source) => askCloud(() => look(context, source)))),
  ]);
  const since = (source: BackupSource) => ("known" in servers ? oldestOf(source, servers.known) : undefined);
  return {
    now: "known" in now ? now.known : context.clock.now(),
    backups: sources.map((promise, index) => ({ promise, seen: seenOf(seen[index], since(promise)) })),
  };
}

type Looked = BackupsView | { readonly newest: Date | undefined } | undefined;

async function look({ clients }: StackContext, { place }: BackupSource): Promise<Looked> {
  switch (place.kind) {
    case "database":
      return await clients.backups.ofDatabase(place.engine, place.cloudName);
    case "instance":
      return await clients.backups.ofInstance(place.region, place.workflow);
    case "object":
      return { newest: (await clients.storage.find(place.bucket, place.key))?.lastModified };
  }
}

/** @param began since when copies are made by guests */
function seenOf(answer: Answer<Looked> | undefined, began: Date | undefined): Answer<BackupSeen> {
  if (answer === undefined || "why" in answer) return answer ?? { why: "it was not asked" };
  const { known } = answer;
  if (known === undefined) return { why: "the cloud has no backup of that name" };
  const since = "since" in known ? known.since : began;
  if (since === undefined && known.newest === undefined) return { why: "the servers that copy are not known" };
  return { known: { newest: known.newest, since: since ?? new Date(0) } };
}

/** Copies are made since the first of the servers that make them was there. */
function oldestOf(
  { place }: BackupSource,
  servers: readonly { readonly name: string; readonly createdAt: Date | undefined }[],
): Date | undefined {
  if (place.kind !== "object") return undefined;
  const times = servers.flatMap(({ name, createdAt }) =>
    place.servers.includes(name) && createdAt !== undefined ? [createdAt.getTime()] : [],
  );
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}
