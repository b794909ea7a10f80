/** Quotes a word for a POSIX shell. */
export function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line that a POSIX shell reads back as exactly these words; quoted only where the shell needs it. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:@%+=,-]+$/.test(word) ? word : quoteForShell(word))).join(" ");
}
