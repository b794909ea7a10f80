import { cloudStatus } from "../actions/cloud/cloud-status.ts";
import { type RequestFigures, RequestWatch, type WatchRequestsArgs } from "../actions/demo/watch-requests.ts";
import type { ExitCode } from "../core/errors.ts";
import { loopback } from "../local-cloud/traffic/address.ts";
import type { Terminal } from "./terminal.ts";

interface Shop extends Pick<WatchRequestsArgs, "secure" | "clients" | "pauseMs"> {
  readonly home: string;
  /** Address of the load balancer in the cloud. */
  readonly address: string;
  readonly domain: string;
}

/** Customers visit the shop of the demo during `work`. @returns their requests */
export async function whileCustomersVisit(
  terminal: Terminal,
  { home, address, ...shop }: Shop,
  work: () => Promise<ExitCode>,
): Promise<RequestFigures> {
  const report = await cloudStatus(home);
  if (!report.running) throw new Error("the local cloud of the demo has ended");
  const customers = new RequestWatch({
    ...loopback(address, shop.secure === true ? 443 : 80, report.trafficPortOffset),
    ...shop,
  });
  let figures: RequestFigures;
  try {
    await work();
  } finally {
    figures = await customers.stop();
  }
  const reasons = Object.entries(figures.reasons).map(([reason, count]) => `${count} × ${reason}`);
  terminal.line(
    `Customers sent ${figures.sent} requests meanwhile; ${figures.lost} were lost${reasons.length > 0 ? ` (${reasons.join(", ")})` : ""}.`,
  );
  return figures;
}

/** Private address of the load balancer, from the stack's outputs: the cloud may have chosen it. */
export function loadBalancerAddress(addresses: unknown): string {
  const { loadBalancer } = addresses as { readonly loadBalancer?: { readonly private?: unknown } };
  if (typeof loadBalancer?.private !== "string")
    throw new Error("the outputs of the stack lack addresses.loadBalancer.private");
  return loadBalancer.private;
}
