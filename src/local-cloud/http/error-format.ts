import type { CloudError } from "../kernel/cloud-error.ts";

/** How an API words its errors. */
export interface ErrorFormat {
  /** Body of an error; a text is sent as HTML, undefined sends nothing. */
  readonly body: (error: Pick<CloudError, "status" | "code" | "message">) => unknown;
  /** Codes of the refusals that the server itself makes, where they differ from `plainCodes`. */
  readonly codes?: Partial<Record<ServerRefusal, string>>;
}

export type ServerRefusal = 400 | 401 | 404 | 500;

const plainCodes: Readonly<Record<ServerRefusal, string>> = {
  400: "bad-request",
  401: "unauthorized",
  404: "not-found",
  500: "internal",
};

export const plainErrors: ErrorFormat = { body: ({ code, message }) => ({ error: code, message }) };

export function refusalCode({ codes }: ErrorFormat, status: ServerRefusal): string {
  return codes?.[status] ?? plainCodes[status];
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** HTTP's own words for a status. */
export function titleOf(status: number): string {
  return titles[status] ?? "Error";
}
