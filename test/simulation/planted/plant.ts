import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { plantedFaults } from "./faults.ts";

/** Loaded before everything else (`node --import`): plants the fault that LOR_INFRA_PLANTED names while its file is read. */
const fault = plantedFaults.find(({ name }) => name === process.env.LOR_INFRA_PLANTED);
if (fault === undefined) throw new Error(`no planted fault is called ${process.env.LOR_INFRA_PLANTED}`);
const planted = pathToFileURL(join(import.meta.dirname, "../../..", fault.file)).href;

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (url !== planted) return loaded;
    const source = String(loaded.source);
    if (source.split(fault.from).length !== 2) throw new Error(`${fault.file} does not contain once: ${fault.from}`);
    return { ...loaded, source: source.replace(fault.from, () => fault.to) };
  },
});
