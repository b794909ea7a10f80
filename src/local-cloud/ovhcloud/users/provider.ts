import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { needText, textOf, textsOf } from "../../provider/value-readers.ts";
import { waitFor, waitUntilGone } from "../../provider/waiting.ts";
import { sameValue, type Values } from "../../provider/wire-values.ts";
import { importParts } from "../import-id.ts";
import type { OvhUserView } from "./types.ts";

/** ovh:CloudProject/user:User; imported by `project/user`. The password is told once; role names are not read back, only roles. */
export class UserAdapter implements ResourceAdapter {
  readonly service = "ovh-users";
  readonly inputs = ["serviceName", "description", "roleName", "roleNames", "passwordReset"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const { id, password } = this.#cloud.ovhUsers.create({
      description: textOf(inputs, "description"),
      roleNames: roleNames(inputs),
    });
    await call.accepted(id);
    return this.#observe(await this.#ready(id, call), { password });
  }

  async read(id: string, known: Values): Promise<Observed> {
    const plain = Object.keys(known).length === 0 ? importParts(id, ["service", "user"]).user : id;
    return this.#observe(this.#cloud.ovhUsers.get(plain ?? id), {});
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const { ovhUsers } = this.#cloud;
    if (!sameValue(roleNames(wanted), roleNames(known))) ovhUsers.updateRoles(id, roleNames(wanted) ?? []);
    const reset = !sameValue(textOf(wanted, "passwordReset"), textOf(known, "passwordReset"));
    const told = { password: reset ? ovhUsers.resetPassword(id).password : known.password };
    await call.accepted(id);
    return this.#observe(await this.#ready(id, call), told);
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#cloud.ovhUsers.delete(id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => this.#cloud.ovhUsers.get(id));
  }

  #ready(id: string, call: CallContext): Promise<OvhUserView> {
    return waitFor(this.#cloud, call, () => this.#cloud.ovhUsers.get(id), {
      what: "user",
      id,
      statusOf: (user) => user.status,
      pending: ["creating"],
      target: ["ok"],
    });
  }

  #observe(user: OvhUserView, told: { password?: unknown }): Observed {
    return {
      id: user.id,
      state: {
        serviceName: this.#cloud.keystone.projectId,
        description: user.description,
        username: user.username,
        status: user.status,
        roles: user.roles,
        creationDate: user.creationDate,
        openstackRc: fromScript({ ...user.openstackRc, OS_TENANT_NAME: this.#cloud.keystone.projectName }),
        ...told,
      },
    };
  }
}

/** What the real provider finds in the user's script: four values, each up to the first character that is no letter or digit. Source: TFO, cloudUserGetOpenstackRC. */
function fromScript(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const word = (name: string) => /^[A-Za-z0-9]*/.exec(variables[name] ?? "")?.[0] ?? "";
  return {
    OS_AUTH_URL: variables.OS_AUTH_URL ?? "",
    OS_TENANT_ID: word("OS_TENANT_ID"),
    OS_TENANT_NAME: word("OS_TENANT_NAME"),
    OS_USERNAME: word("OS_USERNAME"),
  };
}

function roleNames(values: Values): readonly string[] | undefined {
  const single = textOf(values, "roleName");
  return textsOf(values, "roleNames") ?? (single === undefined ? undefined : [single]);
}

/** ovh:CloudProject/s3Credential:S3Credential; imported by `service/user/access key`. The secret can be read again. */
export class S3CredentialAdapter implements ResourceAdapter {
  readonly service = "ovh-users";
  readonly inputs = ["serviceName", "userId"];
  readonly missingFails = true;
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const userId = needText(inputs, "userId");
    const { access } = this.#cloud.ovhUsers.createS3Credential(userId);
    await call.accepted(access);
    return this.#observe(userId, access);
  }

  async read(id: string, known: Values): Promise<Observed> {
    if (Object.keys(known).length > 0) return this.#observe(needText(known, "userId"), id);
    const parts = importParts(id, ["service", "user", "access"]);
    return this.#observe(parts.user ?? "", parts.access ?? "");
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    this.#cloud.ovhUsers.deleteS3Credential(needText(known, "userId"), id);
    await call.accepted(id);
  }

  #observe(userId: string, access: string): Observed {
    const credential = this.#cloud.ovhUsers.getS3Credential(userId, access);
    return {
      id: credential.access,
      state: {
        serviceName: this.#cloud.keystone.projectId,
        userId: credential.userId,
        accessKeyId: credential.access,
        internalUserId: credential.userId,
        secretAccessKey: this.#cloud.ovhUsers.s3Secret(userId, access),
      },
    };
  }
}

/** What a deletion leaves. Source: TFO, resource_cloud_project_user_s3_policy.go. */
const emptyPolicy = '{"Statement":[]}';

/** ovh:CloudProject/s3Policy:S3Policy; its id, and what it is imported by, is `service/user`. */
export class S3PolicyAdapter implements ResourceAdapter {
  readonly service = "ovh-users";
  readonly inputs = ["serviceName", "userId", "policy"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const userId = needText(inputs, "userId");
    this.#cloud.ovhUsers.setS3Policy(userId, needText(inputs, "policy"));
    await call.accepted(this.#id(userId));
    return this.#observe(userId);
  }

  async read(id: string): Promise<Observed | undefined> {
    const { user = "" } = importParts(id, ["service", "user"]);
    return this.#cloud.ovhUsers.getS3Policy(user) === "" ? undefined : this.#observe(user);
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const userId = needText(known, "userId");
    this.#cloud.ovhUsers.setS3Policy(userId, needText(wanted, "policy"));
    await call.accepted(id);
    return this.#observe(userId);
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    this.#cloud.ovhUsers.setS3Policy(needText(known, "userId"), emptyPolicy);
    await call.accepted(id);
  }

  #id(userId: string): string {
    return `${this.#cloud.keystone.projectId}/${userId}`;
  }

  #observe(userId: string): Observed {
    const policy = this.#cloud.ovhUsers.getS3Policy(userId);
    return { id: this.#id(userId), state: { serviceName: this.#cloud.keystone.projectId, userId, policy } };
  }
}
