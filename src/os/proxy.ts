import type http from "node:http";
import type https from "node:https";
import { ExitCode, LorError } from "../core/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Addresses of this machine, in the forms that Node (ranges), Go (networks) and gRPC (names and addresses) accept. Loopback is never reached
 * through a proxy: it has the local cloud, the engine, its providers and its program.
 */
const loopback = ["localhost", "127.0.0.1", "127.0.0.0/8", "127.0.0.1-127.255.255.255", "::1", "[::1]"];

/**
 * The environment with its proxy variables in one form, so that Node, Go, gRPC and the AWS SDKs use the same proxies. Lower case takes precedence,
 * as in curl; both cases are set. `all_proxy` is the default of the others. Loopback is exempt. Unchanged when no proxy is set.
 */
export function withProxies(env: Environment): Record<string, string | undefined> {
  const result: Record<string, string | undefined> = { ...env };
  const [http, https, all, grpc] = ["http_proxy", "https_proxy", "all_proxy", "grpc_proxy"].map((name) =>
    addressOf(env, name),
  );
  if ([http, https, all, grpc].every((value) => value === undefined)) return result;
  const exempt = [...new Set([...(readVariable(env, "no_proxy") ?? "").split(/[\s,]+/), ...loopback])].filter(Boolean);
  const values: Environment = {
    http_proxy: http ?? all,
    https_proxy: https ?? all,
    no_proxy: exempt.join(","),
    // gRPC has a list of its own, which hides the other one. All its connections are on loopback.
    no_grpc_proxy: exempt.join(","),
  };
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    result[name] = value;
    result[name.toUpperCase()] = value;
  }
  return result;
}

/** Makes every connection of this process use the proxies of its environment. Must be called before the first connection. */
export function followProxies(): void {
  const env = withProxies(process.env);
  if (env.no_grpc_proxy === undefined) return;
  Object.assign(process.env, env);
  // `fetch` and the agents of `http` and `https`. Since Node 24.14.
  process.getBuiltinModule("node:http").setGlobalProxyFromEnv?.(usableProxies(env));
}

/** Agents for a client that does not use the global ones. */
export function proxyAgents(env: Environment): { readonly httpAgent: http.Agent; readonly httpsAgent: https.Agent } {
  const options = { keepAlive: true, proxyEnv: usableProxies(withProxies(env)) };
  const http = process.getBuiltinModule("node:http");
  const https = process.getBuiltinModule("node:https");
  return { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
}

/**
 * Refuses a proxy that Node does not support although the engine does: half of the calls would use it.
 * @throws LorError `proxy-unusable`
 */
export function requireUsableProxies(env: Environment): void {
  for (const name of ["http_proxy", "https_proxy", "all_proxy"]) {
    const address = addressOf(env, name);
    if (address === undefined || isUsable(address)) continue;
    throw new LorError({
      code: "proxy-unusable",
      message:
        "the proxy of this shell cannot be used by every part of lor-infra, so none of the calls to the cloud is sent",
      exit: ExitCode.usage,
      culprit: "user",
      path: env[name] ? name : name.toUpperCase(),
      // The URL may contain a password.
      seen: URL.canParse(address) ? `an address that begins with ${new URL(address).protocol}` : "no address",
      accepted: "an address such as http://proxy.example:3128",
      next: `unset ${name} ${name.toUpperCase()}, or set it to an HTTP proxy, then the same command again`,
    });
  }
}

function readVariable(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined;
}

/** As in curl and Go, an address without a scheme is an HTTP proxy. */
function addressOf(env: Environment, name: string): string | undefined {
  const value = readVariable(env, name);
  return value === undefined || value.includes("://") ? value : `http://${value}`;
}

function isUsable(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}

/** Environment for Node, which stops at an address that it cannot use. */
function usableProxies({ http_proxy, https_proxy, no_proxy }: Environment): Record<string, string> {
  const proxies = Object.entries({ http_proxy, https_proxy }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isUsable(entry[1]),
  );
  return { ...Object.fromEntries(proxies), ...(no_proxy === undefined ? {} : { no_proxy }) };
}
