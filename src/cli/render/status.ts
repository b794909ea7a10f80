import type { StatusResult } from "../../actions/status/status.ts";
import { fewDaysLeft } from "../../domain/policy/certificate-policies.ts";
import type { Terminal } from "../terminal.ts";
import { describePrice, renderPlanUnpriced } from "./proposal.ts";
import { renderTable } from "./table.ts";

/** Current state of a stack. */
export function renderStatus(terminal: Terminal, status: StatusResult): string {
  if (!status.exists) return "Nothing is up. Next: lor-infra up";
  const { style } = terminal;
  const lines = [`Profile: ${style("bold", status.profile ?? "between two profiles")}`];
  const bandwidth = status.loadBalancer.bandwidth;
  if (status.fronts.length > 0 || bandwidth !== 0)
    lines.push(
      `Load balancer: ${bandwidth === undefined ? "of unknown size" : `${bandwidth} Mbit/s`}, ${status.loadBalancer.ready ? "ready" : "busy"}`,
      renderTable(
        terminal,
        ["front", "size", "address", "server", "pool", "health"],
        status.fronts.map((front) => [
          front.name,
          front.size,
          front.address ?? "none",
          front.fault === undefined ? front.server : `${front.server}: ${front.fault}`,
          front.pool,
          front.healthy ? style("green", "healthy") : style("red", "not healthy"),
        ]),
      ),
    );
  if (status.databases.length > 0)
    lines.push(
      renderTable(
        terminal,
        ["database", "engine", "plan", "status"],
        status.databases.map(({ name, engine, version, plan, status: state }) => [
          name,
          `${engine} ${version}`,
          plan,
          state ?? "unknown",
        ]),
      ),
    );
  lines.push(...renderAddresses(status.addresses));
  if (status.certificate !== undefined) lines.push(renderCertificate(terminal, status.certificate));
  if (status.plan !== undefined) {
    lines.push(`Price a month: ${describePrice(status.plan)}`, ...renderPlanUnpriced(terminal, status.plan));
  }
  if (status.lockedBy !== undefined) lines.push(`Being changed now: ${status.lockedBy}.`);
  if (status.unfinished !== undefined)
    lines.push(`Not finished: ${status.unfinished}. The same command goes on from there.`);
  return lines.join("\n");
}

/** Addresses of the stack, nested as in its outputs: `loadBalancer.public  57.128.0.10`. */
function renderAddresses(addresses: unknown, prefix = ""): readonly string[] {
  if (typeof addresses !== "object" || addresses === null) return [];
  return Object.entries(addresses).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "string"
      ? [`  ${(prefix + name).padEnd(22)} ${value}`]
      : renderAddresses(value, `${prefix}${name}.`),
  );
}

/** `Certificate shop.p12: valid until 2027-02-01, 63 days left` */
function renderCertificate(terminal: Terminal, certificate: NonNullable<StatusResult["certificate"]>): string {
  if (typeof certificate === "string") return terminal.style("red", `Certificate: ${certificate}`);
  const { file, notAfter, daysLeft } = certificate;
  const until = notAfter.slice(0, "YYYY-MM-DD".length);
  if (daysLeft < 0) return terminal.style("red", `Certificate ${file}: expired on ${until}`);
  const text = `Certificate ${file}: valid until ${until}, ${daysLeft} days left`;
  return daysLeft < fewDaysLeft ? terminal.style("yellow", text) : text;
}
