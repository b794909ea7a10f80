import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** A stream that passes on whole lines. */
export class WholeLines extends Writable {
  readonly #accept: (line: string) => void;
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  constructor(accept: (line: string) => void) {
    super();
    this.#accept = accept;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#accept(line);
    done();
  }

  /** Passes on the last line, if the output did not end with a line break. */
  override _final(done: () => void): void {
    if (this.#rest !== "") this.#accept(this.#rest);
    done();
  }
}
