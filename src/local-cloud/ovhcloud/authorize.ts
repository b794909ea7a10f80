import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { AskedCall } from "../http/route.ts";
import { CloudError } from "../kernel/cloud-error.ts";

/** Seconds that a signed call's time may differ from the API's. Assumed: 8 minutes are refused (Posh-ACME, issue 162). */
const toleratedSeconds = 180;

/** What an OVHcloud application signs its calls with. All secret. */
export interface ApplicationKeys {
  readonly applicationKey: string;
  readonly applicationSecret: string;
  readonly consumerKey: string;
}

/** The keys of the one application that a local cloud knows: they follow from its bearer token, so that nothing else is kept. */
export function applicationKeys(token: string): ApplicationKeys {
  const derived = (name: string, digits: number) =>
    createHmac("sha256", token).update(`ovhcloud ${name}`).digest("hex").slice(0, digits);
  return {
    applicationKey: derived("application key", 16),
    applicationSecret: derived("application secret", 32),
    consumerKey: derived("consumer key", 32),
  };
}

/** Lets in who has the bearer token, or signs with the application's keys. @throws CloudError in the API's words, see BEHAVIOUR.md */
export function authorizeOvh(asked: AskedCall): void {
  const { headers } = asked;
  if (headers["x-ovh-application"] !== undefined) {
    authorizeSigned(asked);
  } else if (!same(headers.authorization ?? "", `Bearer ${asked.token}`)) {
    throw new CloudError(401, "Client::Unauthorized", "The request you have made requires authentication.");
  }
}

function authorizeSigned({ method, url, headers, content, token, now }: AskedCall): void {
  const { applicationKey, applicationSecret, consumerKey } = applicationKeys(token);
  const header = (name: string) => String(headers[name] ?? "");
  if (!same(header("x-ovh-application"), applicationKey)) {
    throw new CloudError(403, "INVALID_KEY", "This application key is invalid");
  }
  if (!same(header("x-ovh-consumer"), consumerKey)) {
    throw new CloudError(403, "NOT_CREDENTIAL", "This credential does not exist");
  }
  const timestamp = header("x-ovh-timestamp");
  if (!(Math.abs(Number(timestamp || Number.NaN) - now / 1000) <= toleratedSeconds)) {
    throw new CloudError(400, "QUERY_TIME_OUT", "Query out of time");
  }
  const signatureOf = (address: string) => {
    const signed = [applicationSecret, consumerKey, method, address, content, timestamp].join("+");
    return `$1$${createHash("sha1").update(signed).digest("hex")}`;
  };
  // Most clients sign the address with its port, node-ovh without.
  const accepted = [url, url.replace(/^(https?:\/\/[^/:]+):\d+/, "$1")].map(signatureOf);
  if (!accepted.some((signature) => same(header("x-ovh-signature"), signature))) {
    throw new CloudError(400, "INVALID_SIGNATURE", "Invalid signature");
  }
}

function same(given: string, wanted: string): boolean {
  const [left, right] = [given, wanted].map((text) => createHash("sha256").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
