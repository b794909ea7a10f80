import Chartscii from "chartscii";

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What is written behind it. */
  readonly text: string;
}

/** Horizontal bars from zero, one line each, as long as their values are to each other. Without colours: a terminal may have none. */
export function drawBars(bars: readonly Bar[], width: number): readonly string[] {
  if (bars.length === 0) return [];
  const chart = new Chartscii(
    bars.map(({ label, value }) => ({ label, value })),
    { width, barSize: 1, padding: 0, naked: true },
  );
  const lines = chart
    .create()
    .split("\n")
    .filter((line) => line !== "");
  return bars.map(({ text }, index) => `${lines[index] ?? ""} ${text}`);
}
