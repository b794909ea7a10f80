import { type ErrorFormat, titleOf } from "../../http/error-format.ts";
import { type Call, type HttpApi, param } from "../../http/route.ts";

const swiftErrors: ErrorFormat = {
  body: ({ status, message }) => `<html><h1>${titleOf(status)}</h1><p>${message}</p></html>`,
};

/** Swift: the containers of the account, and objects that hold JSON. */
export const swift: HttpApi = {
  name: "swift",
  errors: swiftErrors,
  access: "keystone",
  journaled: true,
  routes: [
    {
      method: "GET",
      path: "/object-store/:region/v1/:account",
      handle: (call) => ({
        body: call.cloud.swift.containers
          .list({ region: param(call, "region") })
          .filter((container) => container.name.startsWith(call.query.prefix ?? ""))
          .map((container) => ({ name: container.name, count: container.objectCount, bytes: container.bytesUsed })),
      }),
    },
    {
      method: "HEAD",
      path: "/object-store/:region/v1/:account/:container",
      handle: (call) => {
        const container = call.cloud.swift.containers.get(param(call, "container"), param(call, "region"));
        return {
          status: 204,
          headers: {
            "x-container-object-count": String(container.objectCount),
            "x-container-bytes-used": String(container.bytesUsed),
            ...keyHeader(call),
          },
        };
      },
    },
    {
      method: "GET",
      path: "/object-store/:region/v1/:account/:container",
      handle: (call) => ({
        body: call.cloud.swift.objects
          .list(param(call, "container"), param(call, "region"))
          .filter(({ name }) => name.startsWith(call.query.prefix ?? "") && name > (call.query.marker ?? ""))
          .toSorted((one, other) => (one.name < other.name ? -1 : 1))
          .slice(0, Number(call.query.limit ?? 10_000))
          .map(({ name, contentLength, lastModified }) => ({
            name,
            bytes: contentLength,
            last_modified: lastModified,
          })),
      }),
    },
    {
      method: "GET",
      path: "/object-store/:region/v1/:account/:container/*",
      handle: ({ cloud, params }) => ({
        body: JSON.parse(
          cloud.swift.objects.content(params.container ?? "", params["*"] ?? "", params.region ?? ""),
        ) as unknown,
      }),
    },
  ],
};

/** The account's owner can read the key that signs a container's temporary URLs. */
function keyHeader(call: Call): Readonly<Record<string, string>> {
  const [key] = call.cloud.swift.containers.tempUrlKeys(param(call, "container"), param(call, "region"));
  return key === undefined ? {} : { "x-container-meta-temp-url-key": key };
}
