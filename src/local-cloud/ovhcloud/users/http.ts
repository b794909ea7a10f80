import { param, type Route } from "../../http/route.ts";
import { get, project, remove } from "../ovh-route.ts";

/** Users of the project, their S3 credentials and policies; credentials that lost their secret can be deleted. */
export const userRoutes: readonly Route[] = [
  get(`${project}/user`, (call) =>
    call.cloud.ovhUsers.list().map((user) => ({
      id: Number(user.id),
      username: user.username,
      description: user.description,
      status: user.status,
      roles: user.roles,
      creationDate: user.creationDate,
    })),
  ),
  get(`${project}/user/:user/s3Credentials`, (call) =>
    call.cloud.ovhUsers
      .listS3Credentials(param(call, "user"))
      .map(({ access, userId, tenantId }) => ({ access, userId, tenantId })),
  ),
  get(`${project}/user/:user/policy`, (call) => ({ policy: call.cloud.ovhUsers.getS3Policy(param(call, "user")) })),
  remove(`${project}/user/:user/s3Credentials/:access`, (call) =>
    call.cloud.ovhUsers.deleteS3Credential(param(call, "user"), param(call, "access")),
  ),
];
