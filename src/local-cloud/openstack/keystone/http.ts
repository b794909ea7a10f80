import { type ErrorFormat, titleOf } from "../../http/error-format.ts";
import { type Call, type HttpApi, type Json, jsonObject, type Reply } from "../../http/route.ts";
import { CloudError } from "../../kernel/cloud-error.ts";

/** Catalogue entry -> path of its endpoint below the server's address. */
const serviceEndpoints: readonly { type: string; name: string; path: (region: string, project: string) => string }[] = [
  { type: "identity", name: "keystone", path: () => "/identity/v3" },
  { type: "compute", name: "nova", path: (region) => `/compute/${region}/v2.1` },
  { type: "network", name: "neutron", path: (region) => `/network/${region}` },
  { type: "load-balancer", name: "octavia", path: (region) => `/load-balancer/${region}` },
  { type: "volumev3", name: "cinderv3", path: (region, project) => `/volume/${region}/v3/${project}` },
  { type: "object-store", name: "swift", path: (region, project) => `/object-store/${region}/v1/AUTH_${project}` },
  { type: "key-manager", name: "barbican", path: (region) => `/key-manager/${region}` },
];

const keystoneErrors: ErrorFormat = {
  body: ({ status, message }) => ({ error: { code: status, message, title: titleOf(status) } }),
};

/** Keystone v3: password tokens and the catalogue. */
export const keystone: HttpApi = {
  name: "keystone",
  errors: keystoneErrors,
  access: "public",
  journaled: true,
  routes: [
    { method: "GET", path: "/identity/v3", handle: ({ base }) => ({ body: version(base) }) },
    { method: "POST", path: "/identity/v3/auth/tokens", handle: createToken },
  ],
};

function version(base: string): Json {
  return { version: { id: "v3.14", status: "stable", links: [{ rel: "self", href: `${base}/identity/v3/` }] } };
}

function createToken(call: Call): Reply {
  const user = jsonObject(jsonObject(jsonObject(jsonObject(call.body.auth).identity).password).user);
  if (typeof user.name !== "string" || typeof user.password !== "string") {
    throw new CloudError(400, "bad-request", "Expecting to find password and name in user.");
  }
  const token = call.cloud.keystone.authenticate({ userName: user.name, password: user.password });
  return {
    status: 201,
    headers: { "x-subject-token": token.id },
    body: {
      token: {
        methods: ["password"],
        issued_at: token.issuedAt,
        expires_at: token.expiresAt,
        user: { id: token.userId, name: token.userName, domain: { id: "default", name: "Default" } },
        project: { id: token.projectId, name: token.projectName, domain: { id: "default", name: "Default" } },
        roles: token.roles.map((name) => ({ id: name, name })),
        catalog: catalog(call, token.projectId),
      },
    },
  };
}

/** OVHcloud names object storage regions without a number (GRA), and answers under both names. */
function catalog(call: Call, projectId: string): readonly Json[] {
  const compute = call.cloud.keystone.regions();
  const storage = [...new Set([...compute, ...compute.map((region) => region.replace(/\d+$/, ""))])];
  return serviceEndpoints.map(({ type, name, path }) => ({
    id: name,
    type,
    name,
    endpoints: (type === "object-store" ? storage : compute).map((region) => ({
      id: `${name}-${region}`,
      interface: "public",
      region,
      region_id: region,
      url: call.base + path(region, projectId),
    })),
  }));
}
