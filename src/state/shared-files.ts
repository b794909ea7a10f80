/**
 * The few small files that everybody who works on a stack shares: lock, journals, copies of the state. They lie in a folder or in a bucket; paths are relative
 * to it, with slashes. Whatever a method writes is durable when it resolves, and whole or not there.
 */
export interface SharedFiles {
  /** Where a file lies, for people: a path or a URL. */
  where(path: string): string;
  /** Text of a file; undefined when there is none. */
  read(path: string): Promise<string | undefined>;
  /** Content of a file that may be compressed; undefined when there is none. */
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** Writes a file, over what was there. */
  write(path: string, text: string): Promise<void>;
  /** Writes a file that must not exist yet; false when there is one already. Of many who try at once one wins. */
  create(path: string, text: string): Promise<boolean>;
  /** Adds one line to a file. A line that a crash cut is ended first, so that it spoils no other. */
  append(path: string, line: string): Promise<void>;
  /** Names of the files directly in a folder; none when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Deletes a file, if it is there. */
  remove(path: string): Promise<void>;
}
