const hostKey = /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{16,}={0,2}$/;

/** Whether a text is one public host key, as `TYPE BASE64`. Anything else would become other lines of a `known_hosts` file. */
export function isHostKey(text: string): boolean {
  return hostKey.test(text);
}
