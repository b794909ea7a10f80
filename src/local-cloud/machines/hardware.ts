/** Text of /proc/cpuinfo with a number of processors, from 1. */
export function cpuInfo(cpus: number): string {
  const processor = (index: number) =>
    [
      `processor\t: ${index}`,
      "vendor_id\t: GenuineIntel",
      "model name\t: Intel Core Processor (Haswell, no TSX)",
      `core id\t\t: ${index}`,
      `cpu cores\t: ${cpus}`,
    ].join("\n");
  return `${Array.from({ length: cpus }, (_, index) => processor(index)).join("\n\n")}\n\n`;
}

/** Memory that the programs of a machine of this size can use, in KiB: its kernel keeps about 3 %. */
export function usableMemory(mebibytes: number): number {
  return Math.round(mebibytes * 1024 * 0.97);
}

/** Text of /proc/meminfo: a machine of this size, at rest. Its figures do not follow what the machine uses. */
export function memoryInfo(mebibytes: number): string {
  const total = usableMemory(mebibytes);
  const lines = { MemTotal: total, MemFree: Math.round(total * 0.8), MemAvailable: Math.round(total * 0.85) };
  const rest = { Buffers: 0, Cached: Math.round(total * 0.05), SwapCached: 0, SwapTotal: 0, SwapFree: 0 };
  return Object.entries({ ...lines, ...rest })
    .map(([name, kibibytes]) => `${`${name}:`.padEnd(16)}${String(kibibytes).padStart(9)} kB\n`)
    .join("");
}
