const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** `0 B`, `812 B`, `3.4 MB`: 1 kB is 1000 bytes. */
export function renderBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
