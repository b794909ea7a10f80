import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Longest line that is kept: output without line ends must not fill the memory. */
const longestLine = 64 * 1024;

/** Size limit of a log, in bytes: a command that prints its dump would fill the disk. */
const mostBytes = 16 * 1024 * 1024;

/** A log of a command's output, line by line, without secrets; readable by this user only, also while the command runs. */
export class CommandLog extends Writable {
  readonly #file: number;
  readonly #scrub: (line: string) => string;
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";
  #inKey = false;
  #written = 0;

  /** @param scrub redacts secrets in a line */
  constructor(path: string, scrub: (line: string) => string) {
    super({ decodeStrings: true });
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#file = openSync(path, "a", 0o600);
    this.#scrub = scrub;
  }

  /** Writes a line of our own, such as the end of the command, after the command's output, whether or not that ended with a line end. */
  note(line: string): void {
    this.#flush();
    this.#add(line);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
    if (this.#rest.length > longestLine) {
      this.#line(this.#rest);
      this.#rest = "";
    }
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#flush();
    closeSync(this.#file);
    done();
  }

  #flush(): void {
    const last = this.#rest + this.#decoder.end();
    this.#rest = "";
    if (last !== "") this.#line(last);
  }

  /** A private key spans several lines, none of which is recognisable as a secret by itself. */
  #line(line: string): void {
    const begins = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line);
    if (begins || this.#inKey) {
      if (begins && !this.#inKey) this.#add("[secret]");
      this.#inKey = !/-----END [A-Z ]*PRIVATE KEY-----/.test(line);
      return;
    }
    this.#add(this.#scrub(line));
  }

  #add(line: string): void {
    if (this.#written > mostBytes) return;
    const text = Buffer.from(`${line}\n`);
    this.#written += text.length;
    writeSync(this.#file, text);
    if (this.#written > mostBytes) writeSync(this.#file, "… and more, which was not kept\n");
  }
}
