import type { December } from "./december.ts";

/** A December as one page without external requests: what went wrong, what was run, and what became of it. */
export function timelinePage({ seed, troubles, timeline, broken, events, commands }: December): string {
  const rows = timeline.map((line) => {
    const [, at = "", text = line] = /^ *([\d.]+) s {2}(.*)$/s.exec(line) ?? [];
    return `<tr class="${kindOf(text)}"><td>${at}</td><td>${escaped(text)}</td></tr>`;
  });
  const verdict = broken === undefined ? "Everything promised was kept." : `Broken: ${broken.split("\n", 1)[0]}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>December ${seed}</title>
<style>
  body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color-scheme: light dark; }
  table { border-collapse: collapse; width: 100%; }
  td { padding: .1rem .5rem; vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere; }
  td:first-child { text-align: right; white-space: nowrap; opacity: .7; font-variant-numeric: tabular-nums; }
  .trouble, .broken { font-weight: bold; color: #b3261e; }
  .command { font-weight: bold; }
  .failed { color: #b3261e; }
  @media (prefers-color-scheme: dark) { .trouble, .broken, .failed { color: #f2b8b5; } }
</style>
<h1>December ${seed}</h1>
<p>${escaped(verdict)} ${events} events, ${commands} commands.</p>
<p>What went wrong: ${escaped(troubles.map(({ kind, front = "" }) => `${kind} ${front}`.trim()).join(", ") || "nothing")}.</p>
<table>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</html>
`;
}

function kindOf(text: string): string {
  if (text.startsWith("BROKEN")) return "broken";
  if (/^TROUBLE| is killed$| is paused /.test(text)) return "trouble";
  if (text.includes(": lor-infra ")) return "command";
  return / fails: /.test(text) ? "failed" : "event";
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
