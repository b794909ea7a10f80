/** Tells a person how far it is, with the seconds since it began. */
export class Progress {
  readonly #began = performance.now();
  readonly #stream: NodeJS.WritableStream;

  constructor(stream: NodeJS.WritableStream = process.stdout) {
    this.#stream = stream;
  }

  tell(text: string): void {
    this.#stream.write(`[${this.seconds.toFixed(0).padStart(4)} s] ${text}\n`);
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }
}
