import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Where a command writes. With `--json` the standard output carries one document and nothing else: progress goes nowhere. */
export interface Terminal {
  readonly json: boolean;
  /** Standard output is a terminal: live tree, colours and questions are possible. */
  readonly interactive: boolean;
  readonly columns: number;
  /** A line of the screen; silent with `--json`. */
  line(text?: string): void;
  /** A line on the error output, also with `--json`. */
  warn(text: string): void;
  /** The command's one machine-readable answer; silent without `--json`. */
  document(value: object): void;
  style(style: Style, text: string): string;
}

export function openTerminal(options: { readonly json: boolean }): Terminal {
  const { stdout, stderr } = process;
  return {
    json: options.json,
    interactive: stdout.isTTY === true && !options.json,
    // A terminal that was never told its size says 0.
    columns: stdout.columns || 120,
    line(text = "") {
      if (!options.json) stdout.write(`${text}\n`);
    },
    warn(text) {
      stderr.write(`${text}\n`);
    },
    document(value) {
      if (options.json) stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    style: (style, text) => styleText(style, text, { stream: stdout, validateStream: true }),
  };
}
