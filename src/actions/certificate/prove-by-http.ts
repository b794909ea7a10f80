import { Agent, get } from "node:http";
import type { Proof } from "../../clouds/acme/authority.ts";
import { ExitCode, LorError, messageOf } from "../../core/errors.ts";
import { host as machine } from "../../os/host.ts";
import { publicEndpoint } from "../../stack/public-endpoint.ts";
import type { RecordedState } from "../../stack/recorded-state.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { waitUntil } from "../../stack/wait-until.ts";

interface FrontsArgs {
  /** Public address of the load balancer. */
  readonly address: string;
  readonly recorded: Pick<RecordedState, "fronts">;
  readonly proofs: readonly Proof[];
}

const timeoutMs = 5_000;

/**
 * Waits until the fronts answer the authority's question for every name. The load balancer chooses the front, so each name is asked several times
 * for each front, and every answer must be right: a wrong one at the authority costs one of the few failures that it allows.
 * @throws LorError `acme-fronts-not-ready`
 */
export async function waitForFronts(context: StackContext, { address, recorded, proofs }: FrontsArgs): Promise<void> {
  const endpoint = publicEndpoint(context, address, 80);
  const questions = 3 * Math.max(recorded.fronts.length, 1);
  const { seen, good } = await waitUntil(context, {
    limit: context.timings.gateLimit,
    look: async () => {
      for (const { name, token, value } of proofs) {
        // The authority's own token is not asked for: what answers a new one answers any.
        const thumbprint = value.slice(token.length + 1);
        for (let count = 0; count < questions; count++) {
          const wrong = await ask(endpoint, name, thumbprint);
          if (wrong !== undefined) return `${name}: ${wrong}`;
        }
      }
      return undefined;
    },
    good: (wrong) => wrong === undefined,
  });
  if (good) return;
  throw new LorError({
    code: "acme-fronts-not-ready",
    message: "not every front answers the certificate authority's check of the name",
    exit: ExitCode.failed,
    culprit: "user",
    path: "certificates.challenge",
    seen: seen ?? "",
    accepted: "the token and the account's fingerprint, from every front",
    next: "lor-infra up, which gives the fronts the fingerprint; then lor-infra certificate renew",
  });
}

/** @returns what is wrong with the answer */
function ask(
  { host, port }: { readonly host: string; readonly port: number },
  name: string,
  thumbprint: string,
): Promise<string | undefined> {
  const token = Buffer.from(machine().randomBytes(16)).toString("base64url");
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const path = `/.well-known/acme-challenge/${token}`;
  // A connection of its own for each question, so that the load balancer chooses anew.
  const options = {
    host,
    port,
    path,
    headers: { host: name },
    agent: new Agent({ keepAlive: false }),
    timeout: timeoutMs,
  };
  const call = get(options, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(0, 1000);
    });
    answer.on("end", () => {
      const right = answer.statusCode === 200 && text.trim() === `${token}.${thumbprint}`;
      resolve(right ? undefined : `a front answers ${answer.statusCode} and another text`);
    });
    answer.on("error", (error) => resolve(messageOf(error)));
  });
  call.on("timeout", () => call.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)));
  call.on("error", (error) => resolve(messageOf(error)));
  return promise;
}
