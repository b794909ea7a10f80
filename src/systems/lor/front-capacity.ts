import { findInstance } from "../../clouds/ovh/offers.ts";
import { connectionsPerPage } from "../../machines/prestashop/connections.ts";
import type { ServingCapacity } from "../../rolling/traffic.ts";

/** Machine of a PrestaShop front. */
interface FrontMachine {
  readonly cores: number;
  /** 10^6 bytes. */
  readonly memoryMegabytes: number;
}

/**
 * Pages per core and second, at 200 ms of processor time per page. An assumption: PrestaShop was not measured on these machines. The setting
 * `hooks.beforeScaleDown.connectionsPerSecond` replaces it.
 */
const pagesPerCoreSecond = 5;

/**
 * Traffic that fronts of these sizes can serve: as many open connections as there are PHP children, so that no visitor waits even if all click at
 * the same moment, and at least one page per new connection.
 */
export function servingCapacity(sizes: readonly string[]): ServingCapacity {
  const fronts = sizes.flatMap((size) => findInstance(size) ?? []);
  return {
    connections: fronts.reduce((sum, front) => sum + phpChildren(front), 0),
    connectionsPerSecond: fronts.reduce((sum, front) => sum + front.cores * pagesPerCoreSecond, 0),
  };
}

const mebibyte = 2 ** 20;
const reservedMebibytes = 1024 + 512;
const childMebibytes = 128;
const childrenPerCore = 12;

/**
 * Number of PHP children, by the same rule as the machine at its boot (src/machines/prestashop/lor-tune.py; a test compares the two).
 * @param most `prestashop.phpChildren`; undefined: no limit
 */
export function phpChildren({ cores, memoryMegabytes }: FrontMachine, most?: number): number {
  const memory = Math.floor((memoryMegabytes * 1_000_000) / mebibyte);
  const opcache = memory < 8192 ? 256 : 512;
  const fitting = Math.floor((memory - reservedMebibytes - opcache) / childMebibytes);
  const derived = Math.max(4, Math.min(fitting, cores * childrenPerCore));
  return Math.min(derived, most ?? derived);
}

/** Connections to MySQL that a front may hold at the same time. */
export function frontConnections(machine: FrontMachine, most?: number): number {
  return phpChildren(machine, most) * connectionsPerPage;
}

const odoo = { reservedMebibytes: 2048, workerMebibytes: 640, cronThreads: 2, connections: 80, leastPerProcess: 4 };

/**
 * Connections to PostgreSQL that Odoo's machine may hold at the same time, by the same rule as the machine at its boot
 * (src/machines/odoo/lor-tune.py; a test compares the two).
 */
export function odooConnections({ cores, memoryMegabytes }: FrontMachine): number {
  const memory = Math.floor((memoryMegabytes * 1_000_000) / mebibyte);
  const fitting = Math.floor((memory - odoo.reservedMebibytes) / odoo.workerMebibytes) - odoo.cronThreads - 1;
  const processes = Math.max(2, Math.min(cores * 2 + 1, fitting)) + odoo.cronThreads + 1;
  return processes * Math.max(odoo.leastPerProcess, Math.floor(odoo.connections / processes));
}
