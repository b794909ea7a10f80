import { type DnsEntry, dnsReport } from "../../actions/dns/dns-report.ts";
import { ExitCode } from "../../core/errors.ts";
import type { CloudOptions } from "../options.ts";
import { renderTable } from "../render/table.ts";
import type { Terminal } from "../terminal.ts";
import { readStack } from "../with-stack.ts";

export async function dns(terminal: Terminal, options: CloudOptions): Promise<ExitCode> {
  const records = await readStack(terminal, options, dnsReport);
  const rows = records.map((record) => [
    record.host,
    record.type,
    record.value ?? "known after lor-infra up",
    record.managed ? "lor-infra" : "by hand",
    typeof record.answers === "string" ? record.answers : record.answers.join(", ") || "nothing",
    describe(terminal, record),
  ]);
  terminal.line(
    rows.length === 0
      ? "No DNS record leads to this system."
      : renderTable(terminal, ["name", "type", "value", "entered", "the DNS answers", ""], rows),
  );
  const differ = records.some(({ right }) => right === false);
  if (differ) terminal.line("A change reaches every resolver after the time to live of the record before it.");
  terminal.document({
    version: 1,
    records: records.map((record) => ({
      name: record.host,
      type: record.type,
      value: record.value ?? null,
      managed: record.managed,
      answers: record.answers,
      right: record.right ?? null,
    })),
  });
  return differ ? ExitCode.differences : ExitCode.done;
}

function describe({ style }: Terminal, { right }: DnsEntry): string {
  if (right === undefined) return "not known";
  return right ? style("green", "right") : style("red", "differs");
}
