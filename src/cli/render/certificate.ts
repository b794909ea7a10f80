import type { CertificateReport, CertificateView, Unread } from "../../actions/certificate/certificate-status.ts";
import type { Terminal } from "../terminal.ts";
import { renderTable } from "./table.ts";

/** Where the certificate is, and what is to be done. */
export function renderCertificateReport(terminal: Terminal, report: CertificateReport): string {
  const { style } = terminal;
  const stored = report.source === "acme" ? "stored with the stack" : "file";
  const rows = [
    ...(report.stored === null ? [] : [row(stored, report.stored)]),
    ...(isUnread(report.keyManager)
      ? [row("key manager", report.keyManager)]
      : report.keyManager.map((one) => row(`key manager${one.inUse ? ", in use" : ", not in use"}`, one))),
    ...(report.served === null ? [] : [row("shown to clients", report.served)]),
    ...report.machines.flatMap(({ machine, served }) => (served === null ? [] : [row(`shown by ${machine}`, served)])),
  ];
  const origin = report.source === "acme" ? "a certificate authority (ACME)" : "a file that is given";
  return [
    `Names: ${report.wanted.join(", ")}; from ${origin}`,
    rows.length === 0
      ? "There is no certificate yet."
      : renderTable(terminal, ["where", "names", "issuer", "until", "days left"], rows, [4]),
    ...report.problems.map(
      ({ what, severity, next }) => `${style(severity === "bad" ? "red" : "yellow", "!")} ${what}; next: ${next}`,
    ),
    ...(report.problems.length === 0 ? ["Nothing is to be done."] : []),
  ].join("\n");
}

function row(where: string, certificate: CertificateView | Unread): readonly string[] {
  if (isUnread(certificate)) return [where, `cannot be read: ${certificate.unread}`, "", "", ""];
  const { names, issuer, notAfter, daysLeft } = certificate;
  return [where, names.join(", "), issuer, notAfter.slice(0, "YYYY-MM-DD".length), String(daysLeft)];
}

function isUnread(value: object): value is Unread {
  return "unread" in value;
}
