import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Where a command writes. With `--json` the standard output carries one document and nothing else: progress goes nowhere. */
export interface Terminal {
  readonly json: boolean;
  /** Standard output is a terminal: live tree, colours and questions are possible. */
  readonly interactive: boolean;
  /** Width of a line: the terminal's, else that of the variable COLUMNS, else 80. */
  readonly columns: number;
  /** A line of the screen; silent with `--json`. */
  line(text?: string): void;
  /** A whole document on standard output, always: the text of a command that was opened quiet. */
  print(text: string): void;
  /** A line on the error output, also with `--json`. */
  warn(text: string): void;
  /** The command's one machine-readable answer; silent without `--json`. */
  document(value: object): void;
  style(style: Style, text: string): string;
}

export function openTerminal(options: { readonly json: boolean; readonly quiet?: boolean }): Terminal {
  const { stdout, stderr } = process;
  const silent = options.json || options.quiet === true;
  return {
    json: options.json,
    interactive: stdout.isTTY === true && !silent,
    // A terminal that was never told its size says 0, a pipe nothing.
    columns: stdout.columns || Number(process.env.COLUMNS) || 80,
    line(text = "") {
      if (!silent) stdout.write(`${text}\n`);
    },
    print(text) {
      stdout.write(text);
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
