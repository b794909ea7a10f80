export interface Bar {
  readonly label: string;
  /** Not negative. */
  readonly value: number;
  /** Text after the bar. */
  readonly text: string;
}

/** Horizontal bars from zero, one line each. The largest value takes `width` columns; positive values take at least one. */
export function drawBars(bars: readonly Bar[], width: number): readonly string[] {
  const largest = Math.max(...bars.map(({ value }) => value));
  const labels = Math.max(...bars.map(({ label }) => label.length));
  return bars.map(({ label, value, text }) => {
    const columns = largest > 0 ? Math.ceil((value / largest) * width) : 0;
    return `${label.padEnd(labels)} ${"█".repeat(columns)} ${text}`;
  });
}
