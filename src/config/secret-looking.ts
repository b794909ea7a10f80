const shapes: readonly RegExp[] = Object.freeze([
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]+@/i,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\b(ghp|gho|ghs|github_pat|glpat|xox[abp]|sk|pul)[-_][A-Za-z0-9_-]{16,}/,
]);

const secretNames =
  /(pass(word|phrase|wd)?|mot_?de_?passe|secret|token|credential|api_?key|private_?key|access_?key|consumer_?key)$/i;

/** A text that is probably a key or a password: it must neither be committed nor printed. */
export function looksSecret(text: string): boolean {
  return shapes.some((shape) => shape.test(text)) || isRandom(text);
}

/** A name that only a secret would have. */
export function namesSecret(key: string): boolean {
  return secretNames.test(key);
}

/** One long word of mixed letters and digits with the disorder of a generated key. */
function isRandom(text: string): boolean {
  if (!/^[A-Za-z0-9+/_=-]{24,}$/.test(text)) return false;
  if (!/[a-z]/.test(text) || !/[A-Z]/.test(text) || !/[0-9]/.test(text)) return false;
  return bitsPerCharacter(text) > 3.8;
}

function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
