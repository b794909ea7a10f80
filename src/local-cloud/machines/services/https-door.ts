import type { RequestListener } from "node:http";
import { createServer as createHttpsServer, type Server } from "node:https";
import type { CertificateAuthority } from "./certificate-authority.ts";

/** A service behind the common HTTPS address, chosen by the name that the client asks for. */
export interface NamedService {
  /** Whether the service has that host name, in lower case. */
  has(host: string): boolean;
  readonly serve: RequestListener;
}

/** HTTPS for all names of the services: a certificate for each name, the first service that has the name answers. */
export function httpsDoor(authority: CertificateAuthority, services: readonly NamedService[]): Server {
  const serviceOf = (host: string) => services.find((service) => service.has(host));
  return createHttpsServer(
    {
      SNICallback: (name, done) => {
        const host = name.toLowerCase();
        if (serviceOf(host) === undefined) done(new Error(`no service has the name ${host}`));
        else done(null, authority.contextOf(host));
      },
    },
    (request, response) => {
      const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
      const service = serviceOf(host);
      if (service === undefined) response.writeHead(421).end();
      else service.serve(request, response);
    },
  );
}
