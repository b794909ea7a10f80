/** At most one line in ten seconds. */
export function slowly(tell: (text: string) => void): (text: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (text) => {
    if (performance.now() - last < 10_000) return;
    last = performance.now();
    tell(text);
  };
}
