export interface TokenView {
  /** The token itself: a secret. */
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly string[];
  readonly issuedAt: string;
  readonly expiresAt: string;
}

export interface KeystoneApi {
  /** The one project of the local cloud, 32 hexadecimal digits; the same until the cloud is reset. */
  readonly projectId: string;
  readonly projectName: string;
  /** Regions with a compute endpoint. */
  regions(): readonly string[];
  /** The administrator made with the cloud; users of ovhUsers authenticate with theirs. The password is a secret. */
  operator(): { readonly userName: string; readonly password: string };
  /** 401 for a wrong name or password. */
  authenticate(args: { userName: string; password: string }): TokenView;
  /** 404 for an unknown or expired token, as Keystone answers on GET /auth/tokens. */
  validate(token: string): TokenView;
  revoke(token: string): void;
}
