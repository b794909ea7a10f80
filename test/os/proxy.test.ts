import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireUsableProxies, withProxies } from "../../src/os/proxy.ts";

/** A proxy that refuses everything, and counts. */
let proxy: Server;
let asked: string[] = [];
beforeAll(async () => {
  proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(502).end();
  });
  proxy.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
});
afterAll(() => {
  proxy.close();
});

const address = () => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

/** Runs what a command does in a process whose shell has these variables. @returns what it reached */
async function run(target: "loopback" | "elsewhere", variables: Record<string, string>): Promise<readonly string[]> {
  asked = [];
  const script = join(import.meta.dirname, "connect-everywhere.ts");
  const env = { PATH: process.env.PATH, ...variables };
  const { stdout } = await promisify(execFile)(process.execPath, [script, target], { env });
  return JSON.parse(stdout) as string[];
}

const everywhere = ["http_proxy", "https_proxy", "all_proxy", "grpc_proxy"];
const shells = [
  ...everywhere.flatMap((name) => [[name], [name.toUpperCase()]]),
  everywhere,
  everywhere.map((name) => name.toUpperCase()),
];

const more = [{ NODE_USE_ENV_PROXY: "1" }, { no_grpc_proxy: "intranet" }, { NO_PROXY: "intranet" }];

it.each([...shells.map((names) => ({ names, also: {} })), ...more.map((also) => ({ names: everywhere, also }))])(
  "loopback is reached directly, by HTTP, the client of a bucket and gRPC, in a shell with $names $also",
  async ({ names, also }) => {
    const variables = { ...Object.fromEntries(names.map((name) => [name, address()])), ...also };
    expect(await run("loopback", variables)).toEqual(["fetch", "http", "s3", "grpc"]);
    expect(asked).toEqual([]);
  },
);

it.each([["http_proxy", "https_proxy"], ["HTTP_PROXY", "HTTPS_PROXY"], ["all_proxy"], ["ALL_PROXY"]])(
  "everything else goes through the proxy of %s, whichever client asks",
  async (...names) => {
    await run("elsewhere", Object.fromEntries(names.map((name) => [name, address()])));
    // `http` sends a plain request to the proxy; the others ask it for a tunnel.
    expect(asked.toSorted()).toEqual([
      "CONNECT fetch.invalid:80",
      "CONNECT s3.invalid:443",
      "GET http://http.invalid/",
    ]);
  },
);

it.each(["no_proxy", "NO_PROXY"])("but for what %s names", async (name) => {
  await run("elsewhere", { http_proxy: address(), https_proxy: address(), [name]: ".invalid" });
  expect(asked).toEqual([]);
});

describe("the environment that children get", () => {
  it("says the same in both cases, with loopback exempt for all who read it", () => {
    const env = withProxies({ HTTPS_PROXY: "proxy:3128", https_proxy: "http://first:1", no_proxy: "intranet, other" });
    expect(env).toMatchObject({ https_proxy: "http://first:1", HTTPS_PROXY: "http://first:1" });
    for (const name of ["no_proxy", "NO_PROXY", "no_grpc_proxy"]) {
      expect(env[name]?.split(",")).toEqual(
        expect.arrayContaining(["intranet", "other", "localhost", "127.0.0.1", "::1"]),
      );
    }
    expect(withProxies({ HTTP_PROXY: "proxy:3128" }).http_proxy).toBe("http://proxy:3128");
  });

  it("is left as it is without a proxy", () => {
    expect(withProxies({ PATH: "/bin", no_proxy: "a" })).toEqual({ PATH: "/bin", no_proxy: "a" });
  });
});

it.each(["socks5://user:planted-secret@127.0.0.1:1080", "http://:planted secret"])(
  "a proxy that only a part of the tool could use is refused, without its password: %s",
  (value) => {
    let error: unknown;
    try {
      requireUsableProxies({ HTTPS_PROXY: value });
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: "proxy-unusable", path: "HTTPS_PROXY" });
    expect(JSON.stringify(error)).not.toContain("planted");
    expect(() => requireUsableProxies({ HTTPS_PROXY: "proxy.example:3128" })).not.toThrow();
  },
);
