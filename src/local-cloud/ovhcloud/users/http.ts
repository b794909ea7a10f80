import { type Call, type Json, param, type Route } from "../../http/route.ts";
import { needTextIn, textIn, textsIn } from "../body-values.ts";
import { get, post, project, put, remove } from "../ovh-route.ts";
import type { OvhUserView, S3CredentialView } from "./types.ts";

const user = `${project}/user/:user`;
const credential = `${user}/s3Credentials/:access`;

/** Users of the project, their roles, S3 credentials and policies. */
export const userRoutes: readonly Route[] = [
  get(`${project}/role`, ({ cloud }) => ({ services: [], roles: cloud.ovhUsers.roles() })),
  get(`${project}/user`, ({ cloud }) => cloud.ovhUsers.list().map(userBody)),
  post(`${project}/user`, ({ cloud, body }) => {
    const role = textIn(body, "role");
    const roleNames = [...(textsIn(body, "roles") ?? []), ...(role === undefined ? [] : [role])];
    const made = cloud.ovhUsers.create({ description: textIn(body, "description"), roleNames });
    return { ...userBody(made), password: made.password };
  }),
  get(user, (call) => userBody(call.cloud.ovhUsers.get(param(call, "user")))),
  remove(user, (call) => call.cloud.ovhUsers.delete(param(call, "user"))),
  get(`${user}/role`, (call) => call.cloud.ovhUsers.get(param(call, "user")).roles),
  put(`${user}/role`, (call) =>
    call.cloud.ovhUsers.updateRoles(
      param(call, "user"),
      call.cloud.ovhUsers.roleNames(textsIn(call.body, "rolesIds") ?? []),
    ),
  ),
  post(`${user}/regeneratePassword`, (call) => {
    const reset = call.cloud.ovhUsers.resetPassword(param(call, "user"));
    return { ...userBody(reset), password: reset.password };
  }),
  get(`${user}/openrc`, (call) => ({ content: openrc(call) })),
  get(`${user}/s3Credentials`, (call) =>
    call.cloud.ovhUsers.listS3Credentials(param(call, "user")).map(credentialBody),
  ),
  post(`${user}/s3Credentials`, (call) => {
    const made = call.cloud.ovhUsers.createS3Credential(param(call, "user"));
    return { ...credentialBody(made), secret: made.secret };
  }),
  get(credential, (call) =>
    credentialBody(call.cloud.ovhUsers.getS3Credential(param(call, "user"), param(call, "access"))),
  ),
  post(`${credential}/secret`, (call) => ({
    secret: call.cloud.ovhUsers.s3Secret(param(call, "user"), param(call, "access")),
  })),
  remove(credential, (call) => call.cloud.ovhUsers.deleteS3Credential(param(call, "user"), param(call, "access"))),
  get(`${user}/policy`, (call) => ({ policy: call.cloud.ovhUsers.getS3Policy(param(call, "user")) })),
  post(`${user}/policy`, (call) => {
    call.cloud.ovhUsers.setS3Policy(param(call, "user"), needTextIn(call.body, "policy"));
    return null;
  }),
];

const unquoted: ReadonlySet<string> = new Set(["OS_AUTH_URL", "OS_IDENTITY_API_VERSION", "OS_TENANT_ID"]);

function userBody(view: OvhUserView): Json {
  return {
    id: Number(view.id),
    username: view.username,
    description: view.description,
    status: view.status,
    roles: view.roles,
    creationDate: view.creationDate,
  };
}

function credentialBody({ access, userId, tenantId }: S3CredentialView): Json {
  return { access, userId, tenantId };
}

/** A shell script, as OVHcloud writes one for each user: identifiers and addresses are not quoted, names are. */
function openrc(call: Call): string {
  const { openstackRc } = call.cloud.ovhUsers.get(param(call, "user"));
  const { projectName } = call.cloud.keystone;
  const region = call.query.region ?? "";
  return [
    "#!/bin/bash",
    ...Object.entries({ ...openstackRc, OS_TENANT_NAME: projectName, OS_REGION_NAME: region }).map(([name, value]) =>
      unquoted.has(name) ? `export ${name}=${value}` : `export ${name}="${value}"`,
    ),
    "",
  ].join("\n");
}
