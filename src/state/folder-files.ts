import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { appendLine, createExclusively, readBytesIfThere, readIfThere, writeAtomically } from "../os/atomic-file.ts";
import type { SharedFiles } from "./shared-files.ts";

/** Shared files in a folder of this machine or of a shared disk. Each call is synchronous until it returns. */
export class FolderFiles implements SharedFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  where(path: string): string {
    return join(this.folder, path);
  }

  async read(path: string): Promise<string | undefined> {
    return readIfThere(join(this.folder, path));
  }

  async readBytes(path: string): Promise<Uint8Array | undefined> {
    return readBytesIfThere(join(this.folder, path));
  }

  async write(path: string, text: string): Promise<void> {
    writeAtomically(join(this.folder, path), text);
  }

  async create(path: string, text: string): Promise<boolean> {
    return createExclusively(join(this.folder, path), text);
  }

  async append(path: string, line: string): Promise<void> {
    appendLine(join(this.folder, path), line);
  }

  async list(folder: string): Promise<readonly string[]> {
    try {
      return readdirSync(join(this.folder, folder), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") {
        return [];
      }
      throw error;
    }
  }

  async remove(path: string): Promise<void> {
    rmSync(join(this.folder, path), { force: true });
  }
}
