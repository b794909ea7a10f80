export interface OvhRoleView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
}

export interface OvhUserView {
  /** A number, as text. */
  readonly id: string;
  readonly username: string;
  readonly description: string;
  readonly status: "creating" | "ok";
  readonly roles: readonly OvhRoleView[];
  readonly creationDate: string;
  readonly openstackRc: Readonly<Record<string, string>>;
}

export interface S3CredentialView {
  readonly access: string;
  readonly userId: string;
  readonly tenantId: string;
}

/** An S3 key with what it may do, as a server needs it. */
export interface S3Account {
  readonly access: string;
  /** Secret. */
  readonly secret: string;
  /** JSON text; empty when there is none. */
  readonly policy: string;
}

export interface OvhUsersApi {
  /** The password is only told here and by resetPassword. */
  create(args: {
    description?: string | undefined;
    roleNames?: readonly string[] | undefined;
  }): OvhUserView & { readonly password: string };
  get(id: string): OvhUserView;
  list(filter?: { description?: string | undefined }): OvhUserView[];
  /** All roles that a user may have. */
  roles(): readonly OvhRoleView[];
  /** @throws CloudError 400 for an id that no role has */
  roleNames(ids: readonly string[]): readonly string[];
  updateRoles(id: string, roleNames: readonly string[]): OvhUserView;
  resetPassword(id: string): OvhUserView & { readonly password: string };
  /** Its S3 credentials and policy go with it. */
  delete(id: string): void;

  createS3Credential(userId: string): S3CredentialView & { readonly secret: string };
  getS3Credential(userId: string, access: string): S3CredentialView;
  s3Secret(userId: string, access: string): string;
  listS3Credentials(userId: string): S3CredentialView[];
  deleteS3Credential(userId: string, access: string): void;
  /** All keys with their secrets; no API shows it. */
  s3Accounts(): readonly S3Account[];

  /** JSON text of the policy; empty when there is none. */
  getS3Policy(userId: string): string;
  setS3Policy(userId: string, policy: string): void;
}
