import { certificateStatus as readStatus } from "../../actions/certificate/certificate-status.ts";
import { renewCertificate } from "../../actions/certificate/renew.ts";
import { ExitCode } from "../../core/errors.ts";
import type { ChangeOptions, CloudOptions } from "../options.ts";
import { renderCertificateReport } from "../render/certificate.ts";
import type { Terminal } from "../terminal.ts";
import { readStack, withStack } from "../with-stack.ts";

export async function certificateStatus(terminal: Terminal, options: CloudOptions): Promise<ExitCode> {
  const report = await readStack(terminal, options, readStatus);
  terminal.line(report === undefined ? "This system has no certificate." : renderCertificateReport(terminal, report));
  terminal.document({ version: 1, ...report });
  if (report === undefined || report.problems.length === 0) return ExitCode.done;
  return ExitCode.differences;
}

export async function certificateRenew(
  terminal: Terminal,
  options: ChangeOptions & { readonly force: boolean },
): Promise<ExitCode> {
  const result = await withStack(
    terminal,
    options,
    "certificate renew",
    ({ context }) => renewCertificate(context, { force: options.force }),
    "tell",
  );
  const until = result.notAfter.slice(0, "YYYY-MM-DD".length);
  const what = `The certificate for ${result.names.join(", ")} (${result.issuer})`;
  const installed = {
    now: "it is on the load balancer now",
    already: "it is on the load balancer",
    later: "lor-infra up installs it",
  }[result.installed];
  terminal.line(
    result.because === undefined
      ? `${what} is valid until ${until}, ${result.daysLeft} days left: no other one was obtained; ${installed}.`
      : `${what} was obtained, because ${result.because}: valid until ${until}, ${result.daysLeft} days left; ${installed}.`,
  );
  terminal.line(result.installed === "later" ? "Next: lor-infra up" : "Next: lor-infra certificate status");
  terminal.document({ version: 1, ok: true, cloud: options.cloud, stack: options.stack, ...result });
  return ExitCode.done;
}
