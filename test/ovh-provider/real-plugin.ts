import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** pulumi-resource-ovh while it runs: the real provider behind Pulumi. */
export interface RunningPlugin {
  readonly port: number;
  stop(): void;
}

/** @param env What it reaches the API by, such as OVH_ENDPOINT; no variable of the caller's own clouds is passed on. @throws Error when it does not start */
export async function startPlugin(file: string, env: Readonly<Record<string, string>>): Promise<RunningPlugin> {
  const own = Object.entries(process.env).filter(([name]) => !/^(OVH|OS)_/.test(name));
  const child = spawn(file, [], { env: { ...Object.fromEntries(own), ...env }, stdio: ["ignore", "pipe", "ignore"] });
  const port = Promise.withResolvers<number>();
  child.once("error", port.reject);
  child.once("exit", (code) => port.reject(new Error(`${file} ended with ${code} before it named its port`)));
  createInterface({ input: child.stdout }).once("line", (line) => port.resolve(Number(line)));
  return { port: await port.promise, stop: () => child.kill() };
}
