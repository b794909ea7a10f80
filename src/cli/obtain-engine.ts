import { dirname, join } from "node:path";
import { type EngineInstalled, engineInstall } from "../actions/engine/engine-install.ts";

/** The engine with its language host, found or obtained; tells the person while that takes time. */
export async function obtainEngine(
  tell: (text: string) => void,
): Promise<EngineInstalled & { readonly languageHost: string }> {
  const engine = await engineInstall({ env: process.env, onProgress: everySecond(tell) });
  return { ...engine, languageHost: engine.languageHost ?? join(dirname(engine.path), "pulumi-language-nodejs") };
}

/** A build reports several times a second; a person reads once in a while. */
function everySecond(tell: (text: string) => void): (text: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (text) => {
    if (performance.now() - last < 1000) return;
    last = performance.now();
    tell(text);
  };
}
