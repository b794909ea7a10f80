import type { Properties } from "../local-cloud/provider/provider-client.ts";

/** Forms of values that nobody asked for by name: which one a cloud takes is its own affair. The first that fits is it. */
const forms: readonly (readonly [pattern: RegExp, form: string])[] = [
  [/(?<![0-9a-f])[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])/gi, "<uuid>"],
  [/\b([0-9a-f]{2}:){15}[0-9a-f]{2}\b/g, "<fingerprint>"],
  [/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, "<mac>"],
  [/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/gi, "<hex>"],
  [/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d.*$/g, "<time>"],
  [/^tx[0-9a-f-]{20,}$/g, "<transaction>"],
  // A name that the provider chose.
  [/-[0-9a-f]{7}$/g, "-<digits>"],
  [/^https?:\/\/.*$/g, "<url>"],
];
const pools = "allocationPools";
const address = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;

/** Writes values without what differs from run to run. */
export class Forms {
  /** Ids and what the cloud comes with -> how they are written. */
  readonly #names = new Map<string, string>();
  /** Addresses that the sequence itself names are kept; the ends of a pool only as such, because which of it is taken first is a cloud's own affair. */
  readonly #named: string;
  readonly #withPools: string;

  constructor(steps: unknown) {
    this.#named = JSON.stringify(steps, (key, value: unknown) => (key === pools ? undefined : value));
    this.#withPools = JSON.stringify(steps);
  }

  learn(value: string, name: string): void {
    if (value.length > 3) this.#names.set(value, name);
  }

  of(value: unknown, named = this.#named): unknown {
    if (typeof value === "string") return this.#text(value, named);
    if (Array.isArray(value)) return sorted(value.map((element) => this.of(element, named)));
    if (typeof value !== "object" || value === null) return value;
    return this.ofAll(value as Properties, named);
  }

  ofAll(values: Properties, named = this.#named): Record<string, unknown> {
    return Object.fromEntries(
      Object.keys(values)
        .filter((name) => !isNothing(values[name]))
        .sort()
        .map((name) => [
          this.#text(name, named),
          this.of(values[name], name.startsWith(pools) ? this.#withPools : named),
        ]),
    );
  }

  #text(text: string, named: string): string {
    const exact = this.#names.get(text);
    if (exact !== undefined) return exact;
    let written = text;
    for (const [value, name] of this.#names) written = written.replaceAll(value, name);
    for (const [pattern, form] of forms) {
      written = written.replace(pattern, (found) => (named.includes(found) ? found : form));
    }
    // As a whole: 10.0.0.2 is not named by 10.0.0.20.
    return written.replace(address, (found) => (named.match(address)?.includes(found) ? found : "<address>"));
  }
}

/** Most lists of these providers are sets, and come in any order. */
function sorted(values: unknown[]): unknown[] {
  return values
    .map((value) => [JSON.stringify(value), value] as const)
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([, value]) => value);
}

/** Absent and empty lists are the same to a program and to Terraform. */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === "object" && Object.keys(value).length === 0);
}
