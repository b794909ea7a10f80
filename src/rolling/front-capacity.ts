/** A front's machine. */
export interface FrontMachine {
  readonly cores: number;
  /** 10^6 bytes. */
  readonly memoryMegabytes: number;
}

/** What a fleet of fronts can carry. */
export interface Carried {
  /** Open connections: as many as there are PHP children, so that nobody waits for one even if every visitor clicked at the same moment. */
  readonly connections: number;
  /** New connections a second. */
  readonly connectionsPerSecond: number;
}

/**
 * Pages that one core makes in a second: 200 ms of a processor for a page. Assumed: PrestaShop was not measured on these machines. The setting
 * `beforeNormal.connectionsPerSecond` is for who has measured.
 */
const pagesPerCoreSecond = 5;

/** What fronts carry together; each new connection asks for one page at least. */
export function carriedBy(fronts: readonly FrontMachine[]): Carried {
  return {
    connections: fronts.reduce((sum, front) => sum + phpChildren(front), 0),
    connectionsPerSecond: fronts.reduce((sum, front) => sum + front.cores * pagesPerCoreSecond, 0),
  };
}

const mebibyte = 2 ** 20;
const reservedMebibytes = 1024 + 512;
const childMebibytes = 128;
const childrenPerCore = 12;

/** As many as the machine itself decides at its boot (src/machines/prestashop/lor-tune.py; a test holds the two together). */
export function phpChildren({ cores, memoryMegabytes }: FrontMachine): number {
  const memory = Math.floor((memoryMegabytes * 1_000_000) / mebibyte);
  const opcache = memory < 8192 ? 256 : 512;
  const fitting = Math.floor((memory - reservedMebibytes - opcache) / childMebibytes);
  return Math.max(4, Math.min(fitting, cores * childrenPerCore));
}
