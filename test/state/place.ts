import { parseStateBackend } from "../../src/domain/state-backend.ts";
import { FolderFiles } from "../../src/state/folder-files.ts";
import { connectBucket, S3Files } from "../../src/state/s3-files.ts";
import type { SharedFiles } from "../../src/state/shared-files.ts";

/** Shared files in a folder, or in a bucket whose URL is given. */
export function filesAt(place: string, env: Readonly<Record<string, string | undefined>> = process.env): SharedFiles {
  if (!place.startsWith("s3:")) return new FolderFiles(place);
  const backend = parseStateBackend(place);
  if (backend.kind !== "s3") throw new Error(place);
  return new S3Files(connectBucket(backend, env), backend, "stacks/prod");
}
