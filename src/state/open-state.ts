import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type S3Backend, type StateBackend, s3Url } from "../domain/state-backend.ts";
import { withoutAttributes } from "./backend-attributes.ts";
import type { StackFolder } from "./stack-folder.ts";
import { StackState, stateInFolder } from "./stack-state.ts";

export interface OpenStateArgs {
  /** Section `state` of the settings. */
  readonly settings: { readonly backend: StateBackend; readonly localCloudToo: boolean };
  readonly folder: StackFolder;
  readonly project: string;
  /** Its AWS_* variables are the credentials of a bucket. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens the shared state of a stack, in the place that the settings name. Several projects may share a folder or a bucket; real and local clouds
 * are separate in it.
 * @throws LorError `state-credentials-missing`
 */
export async function openState({ settings, folder, project, env }: OpenStateArgs): Promise<StackState> {
  // The local cloud exists on this machine only, and so does its state.
  const backend: StateBackend =
    folder.cloud === "local" && !settings.localCloudToo ? { kind: "own-folder" } : settings.backend;
  switch (backend.kind) {
    case "own-folder":
      return stateInFolder(folder, project);
    case "folder":
      return stateInFolder(sharedFolder(backend.path, folder, project), project);
    case "s3":
      return await stateInBucket(backend, folder, { project, env });
  }
}

function sharedFolder(path: string, own: StackFolder, project: string): StackFolder {
  const home = join(path, project);
  const backend = join(home, own.cloud, "backend");
  return {
    ...own,
    backend,
    backendUrl: `${pathToFileURL(backend).href}${withoutAttributes}`,
    folder: join(home, own.cloud, "stacks", own.stack),
  };
}

async function stateInBucket(
  backend: S3Backend,
  { cloud, stack }: StackFolder,
  { project, env }: Pick<OpenStateArgs, "project" | "env">,
): Promise<StackState> {
  // The SDK takes a while to load.
  const { connectBucket, S3Files } = await import("./s3-files.ts");
  const client = connectBucket(backend, env);
  const place = `${project}/${cloud}`;
  const files = new S3Files(client, backend, `${place}/stacks/${stack}`);
  return new StackState({
    project,
    stack,
    backendUrl: s3Url(backend, `${place}/backend`),
    files,
    backend: new S3Files(client, backend, `${place}/backend`),
    requireExclusive: () => files.requireConditionalWrites(),
  });
}
