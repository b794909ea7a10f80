import { type ErrorFormat, titleOf } from "../../http/error-format.ts";
import { type HttpApi, param } from "../../http/route.ts";

const barbicanErrors: ErrorFormat = {
  body: ({ status, message }) => ({ code: status, title: titleOf(status), description: message }),
};

/** Barbican: the list of secrets, the content of one, and its deletion. */
export const barbican: HttpApi = {
  name: "barbican",
  errors: barbicanErrors,
  access: "keystone",
  journaled: true,
  routes: [
    {
      method: "GET",
      path: "/key-manager/:region/v1/secrets",
      handle: (call) => {
        const { name } = call.query;
        const found = call.cloud.barbican.secrets.list({
          region: param(call, "region"),
          ...(name === undefined ? {} : { name }),
        });
        return {
          body: {
            total: found.length,
            secrets: found.map((secret) => ({
              name: secret.name,
              secret_ref: secret.secretRef,
              secret_type: secret.secretType,
              status: secret.status,
              created: secret.createdAt,
              updated: secret.updatedAt,
            })),
          },
        };
      },
    },
    {
      method: "GET",
      path: "/key-manager/:region/v1/secrets/:id/payload",
      handle: (call) => ({ body: call.cloud.barbican.secrets.payload(param(call, "id")) }),
    },
    {
      method: "DELETE",
      path: "/key-manager/:region/v1/secrets/:id",
      handle: (call) => {
        call.cloud.barbican.secrets.delete(param(call, "id"));
        return { status: 204 };
      },
    },
  ],
};
