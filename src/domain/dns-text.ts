/** Longest character string of a TXT record. Source: RFC 1035, section 3.3. */
const longestPiece = 255;

/** A text as a zone file has it: quoted, in pieces. One that is quoted already stays. */
export function quotedText(text: string): string {
  if (text.startsWith('"')) return text;
  const pieces = text.match(new RegExp(`[^]{1,${longestPiece}}`, "g")) ?? [""];
  return pieces.map((piece) => `"${piece}"`).join(" ");
}

/** The text without the quotation marks and joints of a zone file. */
export function plainText(target: string): string {
  if (!target.startsWith('"')) return target;
  return [...target.matchAll(/"([^"]*)"/g)].map(([, piece]) => piece ?? "").join("");
}

/** A text in the form that a zone keeps it in, where that is more than quotation marks around it. */
export function keptText(text: string): string {
  return text.length > longestPiece ? quotedText(text) : text;
}
