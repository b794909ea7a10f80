import { dirname, join } from "node:path";
import { type EngineInstalled, engineInstall } from "../actions/engine/engine-install.ts";
import { host } from "../os/host.ts";

/** Finds or installs the engine with its language host; shows progress meanwhile. */
export async function obtainEngine(
  tell: (text: string) => void,
): Promise<EngineInstalled & { readonly languageHost: string }> {
  const engine = await engineInstall({ env: process.env, onProgress: everySecond(tell) });
  return { ...engine, languageHost: engine.languageHost ?? join(dirname(engine.path), "pulumi-language-nodejs") };
}

/** Interval between two progress lines: a build reports several times a second. */
function everySecond(tell: (text: string) => void): (text: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (text) => {
    if (host().monotonic() - last < 1000) return;
    last = host().monotonic();
    tell(text);
  };
}
