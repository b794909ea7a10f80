declare module "@ovhcloud/node-ovh" {
  interface OvhParameters {
    readonly endpoint: string;
    readonly appKey?: string;
    readonly appSecret?: string;
    readonly consumerKey?: string;
    readonly clientID?: string;
    readonly clientSecret?: string;
    readonly timeout?: number;
  }
  interface OvhClient {
    /** Rejects with `{error: HTTP status or errno, message}`. */
    requestPromised(method: string, path: string, parameters?: Record<string, unknown>): Promise<unknown>;
  }
  export default function ovh(parameters: OvhParameters): OvhClient;
}
