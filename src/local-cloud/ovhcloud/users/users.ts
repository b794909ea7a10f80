import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { OvhRoleView, OvhUsersApi, OvhUserView, S3Account, S3CredentialView } from "./types.ts";

const roleDescriptions: Readonly<Record<string, string>> = {
  administrator: "Administrator",
  compute_operator: "Compute Operator",
  image_operator: "Image Operator",
  "key-manager_operator": "KeyManager Operator",
  "load-balancer_operator": "LoadBalancer Operator",
  network_operator: "Network Operator",
  network_security_operator: "Network Security Operator",
  objectstore_operator: "ObjectStore Operator",
  volume_operator: "Volume Operator",
};
const roleNames: readonly string[] = Object.keys(roleDescriptions);

/** Numbers of users begin above this one. */
const firstId = 100_000;

interface UserBody {
  readonly description: string;
  readonly status: OvhUserView["status"];
  readonly roleNames: readonly string[];
  readonly creationDate: string;
  /** Secret. */
  readonly password: string;
  /** JSON text; empty when there is none. */
  readonly s3Policy: string;
}

interface S3CredentialBody {
  /** Secret. */
  readonly secret: string;
}

/** Users of the project and their S3 keys, as OVHcloud's API has them; see BEHAVIOUR.md. */
export class OvhUsers implements OvhUsersApi {
  readonly #context: CloudContext;
  readonly #projectId: string;
  readonly #users: Records<UserBody>;
  readonly #credentials: Records<S3CredentialBody>;

  constructor(context: CloudContext, projectId: string) {
    this.#context = context;
    this.#projectId = projectId;
    const notFound = (what: string) => (id: string) =>
      new CloudError(404, "Client::NotFound", `${what} ${id} does not exist`);
    this.#users = new Records(context, "ovh-user", notFound("User"));
    this.#credentials = new Records(context, "s3-credential", notFound("S3 credential"));
    context.onDue<UserBody>("ovh-user", (record) =>
      this.#users.save({ ...record, due: undefined, body: { ...record.body, status: "ok" } }),
    );
  }

  create(args: { description?: string | undefined; roleNames?: readonly string[] | undefined }): OvhUserView & {
    readonly password: string;
  } {
    return this.#context.write(() => {
      const names = checkRoles(args.roleNames ?? []);
      const id = String(firstId + this.#context.store.increment("ovh-user-number"));
      const password = this.#context.secret(32);
      const record = this.#users.insert({
        id,
        region: "",
        name: `user-${this.#context.hex("ovh-user", "", id, 12)}`,
        due: this.#context.after("userCreate"),
        body: {
          description: args.description ?? "",
          status: "creating",
          roleNames: names,
          creationDate: this.#context.clock.iso(),
          password,
          s3Policy: "",
        },
      });
      return { ...this.#view(record), password };
    });
  }

  get(id: string): OvhUserView {
    return this.#context.read(() => this.#view(this.#users.require(id)));
  }

  list(filter: { description?: string | undefined } = {}): OvhUserView[] {
    return this.#context.read(() =>
      this.#users
        .list()
        .filter(({ body }) => filter.description === undefined || body.description === filter.description)
        .map((record) => this.#view(record)),
    );
  }

  roles(): readonly OvhRoleView[] {
    return roleNames.map(roleView);
  }

  roleNames(ids: readonly string[]): readonly string[] {
    return ids.map((id) => {
      const role = this.roles().find((candidate) => candidate.id === id);
      if (role !== undefined) return role.name;
      throw new CloudError(400, "Client::BadRequest", `Unknown role id ${id}`);
    });
  }

  updateRoles(id: string, names: readonly string[]): OvhUserView {
    return this.#context.write(() =>
      this.#view(this.#users.change(this.#users.require(id), { roleNames: checkRoles(names) })),
    );
  }

  resetPassword(id: string): OvhUserView & { readonly password: string } {
    return this.#context.write(() => {
      const password = this.#context.secret(32);
      return { ...this.#view(this.#users.change(this.#users.require(id), { password })), password };
    });
  }

  delete(id: string): void {
    this.#context.write(() => {
      this.#users.require(id);
      for (const credential of this.#credentials.list({ parent: id })) {
        this.#credentials.remove(credential.id);
      }
      this.#users.remove(id);
    });
  }

  /** For Keystone: the user of that name, with the secret to compare. */
  login(userName: string): { id: string; password: string; roles: readonly string[] } | undefined {
    const record = this.#users.list({ name: userName })[0];
    return record === undefined
      ? undefined
      : { id: record.id, password: record.body.password, roles: record.body.roleNames };
  }

  createS3Credential(userId: string): S3CredentialView & { readonly secret: string } {
    return this.#context.write(() => {
      this.#users.require(userId);
      const secret = this.#context.secret(32);
      const record = this.#credentials.insert({
        id: this.#context.hex("s3-credential", "", userId, 32),
        region: "",
        name: "",
        parent: userId,
        body: { secret },
      });
      return { ...this.#credentialView(record), secret };
    });
  }

  getS3Credential(userId: string, access: string): S3CredentialView {
    return this.#context.read(() => this.#credentialView(this.#requireCredential(userId, access)));
  }

  s3Secret(userId: string, access: string): string {
    return this.#context.read(() => this.#requireCredential(userId, access).body.secret);
  }

  listS3Credentials(userId: string): S3CredentialView[] {
    return this.#context.read(() => {
      this.#users.require(userId);
      return this.#credentials.list({ parent: userId }).map((record) => this.#credentialView(record));
    });
  }

  deleteS3Credential(userId: string, access: string): void {
    this.#context.write(() => {
      this.#credentials.remove(this.#requireCredential(userId, access).id);
    });
  }

  s3Accounts(): readonly S3Account[] {
    return this.#context.read(() =>
      this.#credentials.list().map(({ id, parent, body: { secret } }) => ({
        access: id,
        secret,
        policy: this.#users.find(parent)?.body.s3Policy ?? "",
      })),
    );
  }

  getS3Policy(userId: string): string {
    return this.#context.read(() => this.#users.require(userId).body.s3Policy);
  }

  setS3Policy(userId: string, policy: string): void {
    this.#context.write(() => {
      const record = this.#users.require(userId);
      try {
        if (policy !== "") {
          JSON.parse(policy);
        }
      } catch {
        throw new CloudError(400, "Client::BadRequest", "Invalid policy: it is not JSON");
      }
      this.#users.change(record, { s3Policy: policy });
    });
  }

  #requireCredential(userId: string, access: string): StoredRecord<S3CredentialBody> {
    this.#users.require(userId);
    const record = this.#credentials.require(access);
    if (record.parent !== userId) {
      throw new CloudError(404, "Client::NotFound", `S3 credential ${access} does not exist`);
    }
    return record;
  }

  #credentialView(record: StoredRecord<S3CredentialBody>): S3CredentialView {
    return { access: record.id, userId: record.parent, tenantId: this.#projectId };
  }

  #view(record: StoredRecord<UserBody>): OvhUserView {
    const { description, status, creationDate } = record.body;
    return {
      id: record.id,
      username: record.name,
      description,
      status,
      creationDate,
      roles: record.body.roleNames.map(roleView),
      openstackRc: {
        OS_AUTH_URL: "https://auth.cloud.ovh.net/v3",
        OS_IDENTITY_API_VERSION: "3",
        OS_USER_DOMAIN_NAME: "Default",
        OS_PROJECT_DOMAIN_NAME: "Default",
        OS_TENANT_ID: this.#projectId,
        OS_USERNAME: record.name,
      },
    };
  }
}

function roleView(name: string): OvhRoleView {
  return {
    id: String(roleNames.indexOf(name) + 1),
    name,
    description: roleDescriptions[name] ?? name,
    permissions: [],
  };
}

function checkRoles(names: readonly string[]): string[] {
  for (const name of names) {
    if (!roleNames.includes(name)) {
      throw new CloudError(400, "Client::BadRequest", `Unknown role ${name} (known: ${roleNames.join(", ")})`);
    }
  }
  return [...names];
}
