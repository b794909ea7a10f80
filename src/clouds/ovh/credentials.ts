import { ExitCode, LorError } from "../../core/errors.ts";
import type { OpenStackCredentials } from "../openstack/credentials.ts";

/** Credentials of the OVHcloud API. */
export type OvhCredentials =
  | {
      readonly kind: "application-key";
      readonly endpoint: string;
      readonly key: string;
      readonly secret: string;
      readonly consumerKey: string;
    }
  | { readonly kind: "oauth2"; readonly endpoint: string; readonly clientId: string; readonly clientSecret: string }
  /** A complete URL such as `http://127.0.0.1:8080/1.0`: a simulator, never OVHcloud itself. */
  | { readonly kind: "address"; readonly url: string; readonly token: string };

export interface CloudCredentials {
  readonly openstack: OpenStackCredentials;
  readonly ovh: OvhCredentials;
  /** Public Cloud project id, which is also the OpenStack project's id. */
  readonly projectId: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables that the Pulumi providers read too (OS_*, OVH_*, OVH_CLOUD_PROJECT_SERVICE). As for them an empty one is not set: that is how
 * a CI passes on a secret that does not exist.
 * @throws LorError `credentials-missing`, naming every missing variable at once
 */
export function credentialsFromEnvironment(given: Environment): CloudCredentials {
  const env: Environment = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  const missing: string[] = [];
  const need = (name: string): string => {
    const value = env[name];
    if (value === undefined) missing.push(name);
    return value ?? "";
  };
  const projectId = env.OVH_CLOUD_PROJECT_SERVICE ?? env.OS_PROJECT_ID ?? env.OS_TENANT_ID ?? "";
  if (projectId === "") missing.push("OVH_CLOUD_PROJECT_SERVICE");
  const credentials: CloudCredentials = {
    openstack: {
      authUrl: keystoneUrl(need("OS_AUTH_URL")),
      region: need("OS_REGION_NAME"),
      identity:
        env.OS_APPLICATION_CREDENTIAL_ID === undefined
          ? {
              kind: "password",
              user: need("OS_USERNAME"),
              password: need("OS_PASSWORD"),
              userDomain: env.OS_USER_DOMAIN_NAME ?? "Default",
              projectId: env.OS_PROJECT_ID ?? env.OS_TENANT_ID,
              projectName: env.OS_PROJECT_NAME ?? env.OS_TENANT_NAME,
              projectDomain: env.OS_PROJECT_DOMAIN_NAME ?? "Default",
            }
          : {
              kind: "application-credential",
              id: env.OS_APPLICATION_CREDENTIAL_ID,
              secret: need("OS_APPLICATION_CREDENTIAL_SECRET"),
            },
    },
    ovh: ovhCredentials(env, need),
    projectId,
  };
  if (missing.length > 0) {
    throw new LorError({
      code: "credentials-missing",
      message: `the cloud cannot be reached without ${missing.join(", ")}`,
      exit: ExitCode.usage,
      culprit: "user",
      accepted: "an openrc file of the project (OS_*), an OVHcloud API key (OVH_*) and OVH_CLOUD_PROJECT_SERVICE",
      next: "lor-infra doctor --cloud ovh",
    });
  }
  return credentials;
}

function ovhCredentials(env: Environment, need: (name: string) => string): OvhCredentials {
  const endpoint = env.OVH_ENDPOINT ?? "ovh-eu";
  if (endpoint.includes("/")) {
    return { kind: "address", url: withoutSlash(endpoint), token: need("OVH_ACCESS_TOKEN") };
  }
  if (env.OVH_CLIENT_ID !== undefined) {
    return { kind: "oauth2", endpoint, clientId: env.OVH_CLIENT_ID, clientSecret: need("OVH_CLIENT_SECRET") };
  }
  return {
    kind: "application-key",
    endpoint,
    key: need("OVH_APPLICATION_KEY"),
    secret: need("OVH_APPLICATION_SECRET"),
    consumerKey: need("OVH_CONSUMER_KEY"),
  };
}

/** As the providers do, an address without a version is completed. */
function keystoneUrl(url: string): string {
  const address = withoutSlash(url);
  return /\/v\d[\d.]*$/.test(address) || address === "" ? address : `${address}/v3`;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
