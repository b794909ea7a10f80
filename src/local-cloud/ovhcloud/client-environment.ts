import { join } from "node:path";
import { authorityFileName, type CloudRuntime } from "../kernel/runtime.ts";
import { applicationKeys } from "./authorize.ts";

/** Variables of OVHcloud's own clients. No client takes both kinds of authentication at the same time. */
export interface OvhEnvironment {
  /** For clients that take a bearer token: the provider, go-ovh. */
  readonly bearer: Readonly<Record<string, string>>;
  /** For clients that sign their calls, over HTTPS; the certificate is the cloud's own authority's. */
  readonly signed: Readonly<Record<string, string>>;
}

/** How OVHcloud's clients reach the local cloud. */
export function ovhEnvironment(args: {
  /** Folder of the cloud. */
  readonly folder: string;
  readonly runtime: CloudRuntime;
  readonly projectId: string;
}): OvhEnvironment {
  const { token, httpUrl, secureUrl } = args.runtime;
  const keys = applicationKeys(token);
  const project = { OVH_CLOUD_PROJECT_SERVICE: args.projectId };
  return {
    bearer: { OVH_ENDPOINT: `${httpUrl}/1.0`, OVH_ACCESS_TOKEN: token, ...project },
    signed: {
      OVH_ENDPOINT: `${secureUrl ?? httpUrl}/1.0`,
      OVH_APPLICATION_KEY: keys.applicationKey,
      OVH_APPLICATION_SECRET: keys.applicationSecret,
      OVH_CONSUMER_KEY: keys.consumerKey,
      OVH_CERTIFICATE_AUTHORITY: join(args.folder, authorityFileName),
      ...project,
    },
  };
}
