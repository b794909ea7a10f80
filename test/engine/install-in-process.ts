import { installEngine } from "../../src/engine/install-engine.ts";

/** A process of its own that obtains the engine and prints where it is. */
console.log(JSON.stringify(await installEngine({ env: process.env, download: async () => false })));
