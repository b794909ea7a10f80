/** A line of an OpenSSH public key file without its comment: type and key. */
export function withoutComment(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(" ");
}

/** Smallest RSA modulus that is accepted, in bits. */
const leastRsaBits = 2048;

/** Fields after the type in the binary form of a key: their lengths in bytes, undefined for any. Sources: RFC 4253, 5656, 8709; OpenSSH's PROTOCOL.u2f. */
const fieldsOf: Readonly<Record<string, readonly (number | undefined)[]>> = {
  "ssh-ed25519": [32],
  "ssh-rsa": [undefined, undefined],
  "ecdsa-sha2-nistp256": [8, 65],
  "ecdsa-sha2-nistp384": [8, 97],
  "ecdsa-sha2-nistp521": [8, 133],
  "sk-ssh-ed25519@openssh.com": [32, undefined],
  "sk-ecdsa-sha2-nistp256@openssh.com": [8, 65, undefined],
};

/**
 * A defect of one line of an OpenSSH public key file, as a clause; undefined: none was found. A key that was cut while it was copied looks like any
 * other, and its owner would be locked out.
 */
export function publicKeyDefect(line: string): string | undefined {
  const [, type = "", encoded = ""] = /^([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})( .*)?$/.exec(line) ?? [];
  const lengths = fieldsOf[type];
  if (lengths === undefined) return "is not of the form that is asked for";
  const damaged = "is damaged or incomplete: what follows the type is not a key of that type";
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== encoded.replace(/=+$/, "")) return damaged;
  const [own, ...fields] = wireStrings(bytes) ?? [];
  if (own?.toString("latin1") !== type || fields.length !== lengths.length) return damaged;
  if (fields.some((field, index) => field.length !== (lengths[index] ?? field.length) || field.length === 0))
    return damaged;
  if (type !== "ssh-rsa") return undefined;
  const bits = BigInt(`0x${fields[1]?.toString("hex") ?? "0"}`).toString(2).length;
  return bits < leastRsaBits ? `is an RSA key of ${bits} bits, which is too weak` : undefined;
}

/** The strings of a binary form (RFC 4251, 5), each after its length; undefined: it does not consist of such strings. */
function wireStrings(bytes: Buffer): readonly Buffer[] | undefined {
  const strings: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    strings.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return strings;
}
