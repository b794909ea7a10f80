import type { EngineFiles } from "../engine/engine-process.ts";
import type { SimProcess } from "./sim-process.ts";

/** Content of a file: its text, or a value whose text is made when somebody reads it. */
type Content = string | Written;

class Written {
  readonly value: unknown;
  readonly #render: () => string;
  #text: string | undefined;

  constructor(value: unknown, render: () => string) {
    this.value = value;
    this.#render = render;
  }

  get text(): string {
    this.#text ??= this.#render();
    return this.#text;
  }
}

function textOf(content: Content): string {
  return typeof content === "string" ? content : content.text;
}

/** What a folder or a bucket holds, whoever looks into it. */
export class Disk {
  readonly files = new Map<string, Content>();
  /** Nothing more can be written. */
  full = false;
}

/** Shared files in memory, as one process sees them. Held to the real folder and to a real S3 server by one contract test. */
export class ModelFiles implements EngineFiles {
  readonly #disk: Disk;
  readonly #process: SimProcess;
  readonly #prefix: string;

  /** @param prefix folder in the disk, with a slash at its end; empty: the disk's own */
  constructor(disk: Disk, process: SimProcess, prefix = "") {
    this.#disk = disk;
    this.#process = process;
    this.#prefix = prefix;
  }

  where(path: string): string {
    return `/simulated/${this.#prefix}${path}`;
  }

  async read(path: string): Promise<string | undefined> {
    const found = await this.#reach(`read ${path}`, () => this.#disk.files.get(this.#prefix + path));
    return found === undefined ? undefined : textOf(found);
  }

  async readValue(path: string): Promise<{ readonly value?: unknown; readonly text: () => string } | undefined> {
    const found = await this.#reach(`read ${path}`, () => this.#disk.files.get(this.#prefix + path));
    if (found === undefined) return undefined;
    return typeof found === "string" ? { text: () => found } : { value: found.value, text: () => found.text };
  }

  async writeValue(path: string, value: unknown, render: () => string): Promise<void> {
    await this.#reach(`write ${path}`, () => this.#put(path, new Written(value, render)));
  }

  async readBytes(path: string): Promise<Uint8Array | undefined> {
    const text = await this.read(path);
    return text === undefined ? undefined : Buffer.from(text);
  }

  async write(path: string, text: string): Promise<void> {
    await this.#reach(`write ${path}`, () => this.#put(path, text));
  }

  async create(path: string, text: string): Promise<boolean> {
    return await this.#reach(`create ${path}`, () => {
      if (this.#disk.files.has(this.#prefix + path)) return false;
      this.#put(path, text);
      return true;
    });
  }

  async append(path: string, line: string): Promise<void> {
    await this.#reach(`append to ${path}`, () => {
      const text = textOf(this.#disk.files.get(this.#prefix + path) ?? "");
      const cut = text !== "" && !text.endsWith("\n");
      this.#put(path, `${text}${cut ? "\n" : ""}${line}\n`);
    });
  }

  async list(folder: string): Promise<readonly string[]> {
    return await this.#reach(`list ${folder}`, () => {
      const start = `${this.#prefix}${folder}/`;
      return [...this.#disk.files.keys()]
        .filter((path) => path.startsWith(start) && !path.slice(start.length).includes("/"))
        .map((path) => path.slice(start.length))
        .sort();
    });
  }

  async remove(path: string): Promise<void> {
    await this.#reach(`remove ${path}`, () => {
      this.#disk.files.delete(this.#prefix + path);
    });
  }

  #put(path: string, text: Content): void {
    if (this.#disk.full) {
      const where = this.where(path);
      throw Object.assign(new Error(`ENOSPC: no space left on device, write '${where}'`), {
        code: "ENOSPC",
        syscall: "write",
        path: where,
      });
    }
    this.#disk.files.set(this.#prefix + path, text);
  }

  async #reach<T>(what: string, work: () => T): Promise<T> {
    return await this.#process.reach("file", what, 0, 3, work);
  }
}
