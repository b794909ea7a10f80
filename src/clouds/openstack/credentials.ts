/** Credentials of an OpenStack: the variables of an openrc file. */
export interface OpenStackCredentials {
  /** Keystone, ending in `/v3`. */
  readonly authUrl: string;
  readonly region: string;
  readonly identity:
    | {
        readonly kind: "password";
        readonly user: string;
        readonly password: string;
        readonly userDomain: string;
        readonly projectId: string | undefined;
        readonly projectName: string | undefined;
        readonly projectDomain: string;
      }
    | { readonly kind: "application-credential"; readonly id: string; readonly secret: string };
}
