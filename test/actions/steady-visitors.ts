import { request } from "node:http";

/** Visitors who ask the shop all the time, and what they got. */
export class SteadyVisitors {
  readonly answers = new Map<string, number>();
  #stopped = false;
  readonly #ended: Promise<unknown>;

  constructor(url: string, visitors: number) {
    this.#ended = Promise.all(Array.from({ length: visitors }, () => this.#visit(url)));
  }

  get count(): number {
    return [...this.answers.values()].reduce((sum, one) => sum + one, 0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async #visit(url: string): Promise<void> {
    while (!this.#stopped) {
      const answer = await ask(url);
      this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
      await new Promise((done) => setTimeout(done, 10));
    }
  }
}

/** Status of an answer that was read whole, or why there was none. */
function ask(url: string): Promise<string> {
  return new Promise((resolve) => {
    const call = request(url, { agent: false, timeout: 10_000 }, (response) => {
      response.resume();
      response.on("end", () => resolve(String(response.statusCode)));
      response.on("error", (error) => resolve(error.message));
    });
    call.on("timeout", () => call.destroy(new Error("no answer in 10 s")));
    call.on("error", (error) => resolve(error.message));
    call.end();
  });
}
