import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { type CertificateFacts, certificateFacts } from "../clouds/tls-certificate.ts";

export interface ServedCertificate extends CertificateFacts {
  /** Whether this machine's trust store accepts it for the name. */
  readonly trusted: boolean;
  /** Why not, such as `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly reason: string | undefined;
}

const timeoutMs = 10_000;

/**
 * Certificate that a server shows to a client that asks for a name.
 * @throws Error of the connection
 */
export function probeTls(
  { host, port }: { readonly host: string; readonly port: number },
  name: string,
): Promise<ServedCertificate> {
  const { promise, resolve, reject } = Promise.withResolvers<ServedCertificate>();
  // The certificate is examined, not used: nothing is sent over this connection.
  const socket = connect({ host, port, servername: name, rejectUnauthorized: false }, () => {
    const { raw } = socket.getPeerCertificate();
    const { authorized, authorizationError } = socket;
    socket.destroy();
    const reason = authorized
      ? undefined
      : String((authorizationError as { code?: unknown })?.code ?? authorizationError);
    resolve({ ...certificateFacts(new X509Certificate(raw)), trusted: authorized, reason });
  });
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)));
  socket.once("error", reject);
  return promise;
}
