import { TinyProvider } from "../engine/tiny-provider.ts";

// A process of its own, as the local cloud is: otherwise the baseline would share its processor with the program.
const provider = await TinyProvider.start();
process.stdout.write(`${provider.port}\n`);
