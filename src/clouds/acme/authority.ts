import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { ExitCode, LorError, messageOf } from "../../core/errors.ts";
import type { Challenge } from "../../domain/certificates.ts";
import { systemClock } from "../../os/host.ts";

export interface AuthorityArgs {
  /** URL of the directory. */
  readonly directory: string;
  /** PEM. Secret. */
  readonly accountKey: string;
}

type OrderStatus = "pending" | "ready" | "processing" | "valid" | "invalid";

export interface OrderView {
  readonly url: string;
  readonly status: OrderStatus;
}

/** Proof of one name that the authority asks for. */
export interface Proof {
  /** Name without `*.`. */
  readonly name: string;
  readonly token: string;
  /** Value of the TXT record (dns-01), or content of the file (http-01). */
  readonly value: string;
}

export interface ProofState {
  readonly name: string;
  readonly status: "pending" | "valid" | "invalid";
  /** Why the authority refused the proof. */
  readonly reason: LorError | undefined;
}

/** A new account key, PEM. Secret. */
export function createAccountKey(): string {
  return generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
}

/** A new key for a certificate, PEM. RSA: every client and every load balancer takes it. Secret. */
export function createCertificateKey(): string {
  return generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
}

/** Fingerprint of an account key, which the answers of http-01 end with; no secret. Source: RFC 8555, 8.1. */
export function thumbprintOf(accountKey: string): string {
  const { crv, kty, x, y } = createPublicKey(createPrivateKey(accountKey)).export({ format: "jwk" });
  // The members in the order of their names. Source: RFC 7638, 3.2.
  return createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
}

type Acme = typeof import("acme-client");
type Client = InstanceType<Acme["Client"]>;

/** Error document of an authority. Source: RFC 7807 and RFC 8555, 6.7. */
interface Problem {
  readonly type?: unknown;
  readonly detail?: unknown;
  readonly subproblems?: unknown;
}

/** The last error document, with the time from which another try is allowed. */
interface SeenProblem {
  readonly document: Problem;
  readonly retryAfter: string | undefined;
}

/** Longest pause before the next attempt at an authority that is busy, in milliseconds; a rate limit lasts for hours and is reported instead. */
const longestPauseMs = 1000;
const attempts = 5;

/** One account of a certificate authority that speaks ACME (RFC 8555). */
export class Authority {
  readonly #args: AuthorityArgs;
  #connected: Promise<{ readonly client: Client; readonly acme: Acme }> | undefined;
  #problem: SeenProblem | undefined;
  /** Status of the last response. */
  #status: number | undefined;

  constructor(args: AuthorityArgs) {
    this.#args = args;
  }

  /** Registers the account, or finds it by its key, and accepts the authority's terms. Comes first. */
  async register(email: string): Promise<void> {
    await this.#call((client) => client.createAccount({ termsOfServiceAgreed: true, contact: [`mailto:${email}`] }));
  }

  async order(names: readonly string[]): Promise<OrderView> {
    const identifiers = names.map((value) => ({ type: "dns", value }));
    return await this.#call((client) => client.createOrder({ identifiers }));
  }

  /** Undefined when the authority does not know the order any more. */
  async find(url: string): Promise<OrderView | undefined> {
    try {
      return await this.#call((client) => readOrder(client, url));
    } catch (error) {
      if (/:(malformed|notFound|unauthorized)$/.test(String(this.#problem?.document.type))) return undefined;
      throw error;
    }
  }

  /** Proofs that the authority still waits for. */
  async proofs(url: string, type: Challenge): Promise<readonly Proof[]> {
    return await this.#call(async (client) => {
      const proofs: Proof[] = [];
      for (const { status, identifier, challenges } of await authorizations(client, url)) {
        const challenge = challenges.find((one) => one.type === type);
        if (status !== "pending") continue;
        if (challenge === undefined)
          throw notOffered(
            identifier.value,
            type,
            challenges.map((one) => one.type),
          );
        const value = await client.getChallengeKeyAuthorization(challenge);
        proofs.push({ name: identifier.value, token: challenge.token, value });
      }
      return proofs;
    });
  }

  /** Asks the authority to check the proofs. */
  async check(url: string, type: Challenge): Promise<void> {
    await this.#call(async (client) => {
      for (const { status, challenges } of await authorizations(client, url)) {
        const challenge = challenges.find((one) => one.type === type);
        if (status === "pending" && challenge?.status === "pending") await client.completeChallenge(challenge);
      }
    });
  }

  async proofStates(url: string): Promise<readonly ProofState[]> {
    return await this.#call(async (client) =>
      (await authorizations(client, url)).map(({ status, identifier, challenges }): ProofState => {
        const name = identifier.value;
        if (status === "valid" || status === "pending") return { name, status, reason: undefined };
        const problem = challenges.map((one) => one.error as Problem | undefined).find((one) => one !== undefined);
        return { name, status: "invalid", reason: refusalOf(problem ?? {}, this.#args.directory, name) };
      }),
    );
  }

  /** Sends the request for the certificate of a key. */
  async finalize(url: string, names: readonly string[], key: string): Promise<void> {
    await this.#call(async (client, { crypto }) => {
      const [, request] = await crypto.createCsr({ commonName: names[0] ?? "", altNames: [...names] }, key);
      const order = await readOrder(client, url);
      if (order.status === "ready") await client.finalizeOrder(order, request);
    });
  }

  /** The certificate of a valid order with its chain and key, as PKCS#12 without password. Secret. */
  async download(url: string, key: string): Promise<Buffer> {
    const chain = await this.#call(async (client, { crypto }) =>
      crypto.splitPemChain(await client.getCertificate(await readOrder(client, url))),
    );
    const { packPkcs12 } = await import("../../os/pkcs12.ts");
    return packPkcs12(
      createPrivateKey(key),
      chain.map((pem) => new X509Certificate(pem)),
    );
  }

  async #call<T>(work: (client: Client, acme: Acme) => Promise<T>): Promise<T> {
    this.#connected ??= this.#connect();
    const { client, acme } = await this.#connected;
    for (let attempt = 1; ; attempt++) {
      this.#problem = undefined;
      this.#status = undefined;
      try {
        return await work(client, acme);
      } catch (error) {
        if (error instanceof LorError) throw error;
        const problem = this.#problem as SeenProblem | undefined;
        const isBusy = (this.#status ?? 0) >= 500;
        if (problem !== undefined && !isBusy) {
          throw refusalOf(problem.document, this.#args.directory, undefined, problem.retryAfter);
        }
        if (attempt >= attempts || !(isBusy || isTemporary(error))) throw unreachable(this.#args.directory, error);
        await systemClock.sleep(Math.min(2 ** attempt * 100, longestPauseMs));
      }
    }
  }

  async #connect(): Promise<{ readonly client: Client; readonly acme: Acme }> {
    // Loaded on first use: it brings an HTTP client that no other command needs.
    const acme = await import("acme-client");
    // The library would sleep for the hours of a rate limit; it also hides the type of an error.
    Object.assign(acme.axios.defaults, { acmeSettings: { retryMaxAttempts: 0, retryDefaultDelay: 1 } });
    acme.axios.interceptors.response.use((response) => {
      this.#status = response.status;
      if (response.status >= 400 && typeof response.data === "object") {
        const retryAfter: unknown = response.headers["retry-after"];
        const document = response.data as Problem;
        // The library answers it itself with the nonce of the response.
        if (!String(document.type).endsWith(":badNonce")) {
          this.#problem = { document, retryAfter: typeof retryAfter === "string" ? retryAfter : undefined };
        }
      }
      return response;
    });
    const { directory, accountKey } = this.#args;
    return { client: new acme.Client({ directoryUrl: directory, accountKey }), acme };
  }
}

async function readOrder(client: Client, url: string) {
  return await client.getOrder({ url, status: "pending", identifiers: [], authorizations: [], finalize: "" });
}

async function authorizations(client: Client, url: string) {
  return await client.getAuthorizations(await readOrder(client, url));
}

/** Whether the connection failed in a way that may pass. */
function isTemporary(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && !/CERT|SIGNATURE|ENOTFOUND/.test(code);
}

function unreachable(directory: string, cause: unknown): LorError {
  const { code } = cause as { readonly code?: unknown };
  const untrusted = typeof code === "string" && /CERT|SIGNATURE/.test(code);
  return new LorError({
    code: "acme-unreachable",
    message: untrusted
      ? `the certificate of the authority ${directory} is not trusted by this machine`
      : `the certificate authority ${directory} cannot be reached: ${messageOf(cause)}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    path: "certificates.directory",
    seen: typeof code === "string" ? code : messageOf(cause),
    accepted: untrusted ? "an authority of the system's trust store, or its root in NODE_EXTRA_CA_CERTS" : "an answer",
    next: untrusted
      ? "NODE_EXTRA_CA_CERTS=root.pem lor-infra certificate renew"
      : "run lor-infra certificate renew again when the authority answers: it goes on from there",
    cause,
  });
}

function notOffered(name: string, type: Challenge, offered: readonly string[]): LorError {
  return new LorError({
    code: "acme-challenge-unknown",
    message: `the authority does not check ${name} by ${type}`,
    exit: ExitCode.usage,
    culprit: "user",
    path: "certificates.challenge",
    seen: type,
    accepted: offered.filter((one) => one === "dns-01" || one === "http-01").join(", "),
    next: "change certificates.challenge, then lor-infra certificate renew",
  });
}

/** Error of an authority in the words of this project. Types: RFC 8555, 6.7; limits: Let's Encrypt, "Rate limits". */
function refusalOf(problem: Problem, directory: string, name?: string, retryAfter?: string): LorError {
  const [first] = Array.isArray(problem.subproblems) ? (problem.subproblems as Problem[]) : [];
  const decisive = first ?? problem;
  const type = /^urn:ietf:params:acme:error:(\w+)$/.exec(String(decisive.type))?.[1] ?? "unknown";
  const detail = String(problem.detail ?? "no reason given").replaceAll(/\s+/g, " ");
  const of = name === undefined ? "" : ` ${name}`;
  const common = { culprit: "user", seen: `${type}: ${detail}` } as const;
  const again = "then lor-infra certificate renew";
  switch (type) {
    case "rateLimited":
      return new LorError({
        ...common,
        code: "acme-rate-limited",
        exit: ExitCode.failed,
        message: `the certificate authority ${directory} issues no more certificates for now: a rate limit is reached`,
        accepted: retryAfter === undefined ? "another try later" : `another try after ${untilOf(retryAfter)}`,
        next: "wait, then lor-infra certificate renew: it goes on with the same order where there is one; the certificate that serves stays",
      });
    case "caa":
      return new LorError({
        ...common,
        code: "acme-caa",
        exit: ExitCode.failed,
        message: `a CAA record in the DNS forbids this authority to issue for${of || " the names"}`,
        accepted: 'no CAA record, or one that names the authority, such as 0 issue "letsencrypt.org"',
        next: `change the CAA record of the zone, ${again}`,
      });
    case "rejectedIdentifier":
    case "unsupportedIdentifier":
      return new LorError({
        ...common,
        code: "acme-name-refused",
        exit: ExitCode.failed,
        message: `the authority issues no certificate for${of || " one of the names"}`,
        path: "certificates.names",
        accepted: "names of the public DNS that belong to you",
        next: `correct the names of the settings, ${again}`,
      });
    case "dns":
    case "connection":
    case "unauthorized":
    case "incorrectResponse":
    case "tls":
      return new LorError({
        ...common,
        code: "acme-proof-refused",
        exit: ExitCode.failed,
        message: `the authority could not confirm that${of || " the name"} is yours`,
        accepted: "DNS records that lead to this system, seen from the internet",
        next: `correct the DNS records, ${again}`,
      });
    case "userActionRequired":
      return new LorError({
        ...common,
        code: "acme-refused",
        exit: ExitCode.failed,
        message: "the authority has new terms of service that the account must accept",
        next: `read them at the address that the authority names, ${again}`,
      });
    case "badNonce":
    case "serverInternal":
      return unreachable(directory, new Error(`${type}: ${detail}`));
    default:
      return new LorError({
        ...common,
        code: "acme-refused",
        exit: ExitCode.failed,
        message: `the certificate authority ${directory} refuses the request`,
        next: "lor-infra certificate renew; where it is refused again, the words above are the authority's",
      });
  }
}

/** Moment of a Retry-After header, which is a number of seconds or a date. */
function untilOf(retryAfter: string): string {
  return /^\d+$/.test(retryAfter) ? `${retryAfter} s` : retryAfter;
}
