/** A line of an OpenSSH public key file without its comment: type and key. */
export function withoutComment(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(" ");
}
