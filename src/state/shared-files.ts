/**
 * The small files that everybody who works on a stack shares: lock, journals, copies of the state. They are in a folder or a bucket; paths are
 * relative to it, with slashes. A write is atomic, and durable when it resolves.
 */
export interface SharedFiles {
  /** Location of a file for messages: a path or a URL. */
  where(path: string): string;
  /** Text of a file; undefined when it does not exist. */
  read(path: string): Promise<string | undefined>;
  /** Content of a file that may be compressed; undefined when it does not exist. */
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** Writes a file, replacing an existing one. */
  write(path: string, text: string): Promise<void>;
  /** Creates a file; false when it exists already. Of several simultaneous calls one succeeds. */
  create(path: string, text: string): Promise<boolean>;
  /** Appends one line to a file. A line cut off by a crash is terminated first. */
  append(path: string, line: string): Promise<void>;
  /** Names of the files directly in a folder; none when the folder does not exist. */
  list(folder: string): Promise<readonly string[]>;
  /** Deletes a file, if it exists. */
  remove(path: string): Promise<void>;
}
