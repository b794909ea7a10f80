const shapes: readonly RegExp[] = Object.freeze([
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]+@/i,
  /[?&][a-z_-]*(secret|token|password|access[_-]?key)[a-z_-]*=/i,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\b(ghp|gho|ghs|github_pat|glpat|xox[abp]|sk|pul)[-_][A-Za-z0-9_-]{16,}/,
]);

const secretNames =
  /(pass(word|phrase|wd)?|mot_?de_?passe|secret|token|credential|api_?key|private_?key|access_?key|consumer_?key)$/i;

/** A text that is probably a key or a password, and must be neither committed nor printed. */
export function looksSecret(text: string): boolean {
  return shapes.some((shape) => shape.test(text)) || isRandom(text);
}

/** A name that only a secret has. */
export function namesSecret(key: string): boolean {
  return secretNames.test(key);
}

/** One long word that alternates between small letters, capitals and digits, as generated keys do and names don't. */
function isRandom(text: string): boolean {
  if (!/^[A-Za-z0-9+/_=-]{24,}$/.test(text)) return false;
  let changes = 0;
  for (let index = 1; index < text.length; index++) {
    const before = kindOf(text.charAt(index - 1));
    const here = kindOf(text.charAt(index));
    // A separator joins words: a change of character class there means nothing.
    if (before !== undefined && here !== undefined && before !== here) changes++;
  }
  // About 0.6 in base64 of random bytes, below 0.3 in joined words.
  return changes / text.length > 0.35;
}

function kindOf(character: string): "small" | "capital" | "digit" | undefined {
  if (/[a-z]/.test(character)) return "small";
  if (/[A-Z]/.test(character)) return "capital";
  return /[0-9]/.test(character) ? "digit" : undefined;
}
