/** Shorter texts are too common: redacting them would make every message unreadable and protect nothing. */
const shortestSecret = 6;
const redacted = "[secret]";

/** Secrets that are recognised by their form: private keys, tokens, passwords beside their name, signatures in URLs. */
const secretPatterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, redacted],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${redacted}`],
  [/\b(temp_url_sig|X-Amz-Signature|X-Amz-Credential|Signature)=[^&\s"']+/gi, `$1=${redacted}`],
  [/\b(X-(?:[A-Za-z]+-)?(?:Token|Consumer|Signature|Application))(["']?\s*[:=]\s*["']?)[^\s"',]+/gi, `$1$2${redacted}`],
  [
    /((?:password|(?<!no)passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|consumer[_-]?key|application[_-]?secret)["']?\s*[:=]\s*)(?!\[secret\])("[^"]*"|'[^']*'|[^\s,;})\]]+)/gi,
    `$1${redacted}`,
  ],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:)[^\s@/]+@/gi, `$1${redacted}@`],
];

/** Collects the secrets of a run and redacts them in every text that leaves the engine. */
export class SecretScrubber {
  readonly #known = new Set<string>();

  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) {
      this.learn(secret);
    }
  }

  /** Adds a secret value; of a document or a list, each text inside it. */
  learn(value: unknown): void {
    if (typeof value === "string") {
      this.#learnText(value);
    } else if (Array.isArray(value)) {
      for (const entry of value) {
        this.learn(entry);
      }
    } else if (typeof value === "object" && value !== null) {
      for (const entry of Object.values(value)) {
        this.learn(entry);
      }
    }
  }

  /** @returns the text with known secrets, and anything in the form of a secret, redacted */
  scrub(text: string): string {
    let clean = text;
    for (const secret of [...this.#known].sort((a, b) => b.length - a.length)) {
      clean = clean.replaceAll(secret, redacted);
    }
    for (const [pattern, replacement] of secretPatterns) {
      clean = clean.replaceAll(pattern, replacement);
    }
    return clean;
  }

  #learnText(text: string): void {
    if (text.length < shortestSecret) {
      return;
    }
    this.#known.add(text);
    this.#known.add(JSON.stringify(text).slice(1, -1));
    this.#known.add(encodeURIComponent(text));
  }
}
