/** Of every refusal in a check. */
export const inputsRefused = "inputs";

/**
 * The kind of a refusal, from its words: the HTTP status that the service answered and, where the service names it, its own type. The rest are refusals
 * of the provider itself.
 */
export function refusalClass(message: string): string {
  if (message === inputsRefused) return inputsRefused;
  if (/Connection dropped|No connection established/.test(message)) return "crash";
  if (/timeout while waiting|context deadline exceeded|HTTP 504 Timeout/.test(message)) return "timeout";
  const status = httpStatus(message);
  if (/quota|VolumeLimitExceeded|VolumeSizeExceedsAvailable/i.test(message)) return `quota ${status ?? ""}`.trim();
  if (status !== undefined)
    return [String(status), neutronType(message)].filter((word) => word !== undefined).join(" ");
  if (/unexpected state '([A-Za-z_]+)'/.test(message))
    return `state ${/unexpected state '([A-Za-z_]+)'/.exec(message)?.[1]}`;
  return "provider";
}

const words: readonly (readonly [RegExp, number])[] = [
  [/Bad request with: \[/, 400],
  [/Authentication failed/, 401],
  [/Request forbidden: \[/, 403],
  [/Resource not found: \[/, 404],
  [/Method not allowed: \[/, 405],
  [/Internal Server Error/, 500],
  [/Service unavailable/i, 503],
];

function httpStatus(message: string): number | undefined {
  const told = /but got (\d{3}) instead/.exec(message) ?? /\(HTTP (\d{3}) /.exec(message);
  return told === null ? words.find(([pattern]) => pattern.test(message))?.[1] : Number(told[1]);
}

/** Neutron names its exceptions. */
function neutronType(message: string): string | undefined {
  const told =
    /"NeutronError":\s*\{"type":\s*"([A-Za-z]+)"/.exec(message) ??
    (message.includes("openstack:networking/") ? /\(HTTP \d{3} ([A-Za-z]+)\)/.exec(message) : null);
  return told?.[1];
}
