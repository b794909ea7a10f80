import { styleText } from "node:util";
import { wrapText } from "./render/wrap.ts";

type Style = Parameters<typeof styleText>[0];

/** Output of a command. With `--json` the standard output contains one document and nothing else; progress is not shown. */
export interface Terminal {
  readonly json: boolean;
  /** Whether standard output is a terminal: live tree, colours and questions are possible. */
  readonly interactive: boolean;
  /** Width of a line: the terminal's, otherwise the variable COLUMNS, otherwise 80. */
  readonly columns: number;
  /** Writes a line to standard output; a terminal breaks it between words where it ends. Silent with `--json`. */
  line(text?: string): void;
  /** Writes a text to standard output, even if the terminal was opened as quiet. */
  print(text: string): void;
  /** Writes a line to standard error in the same way, also with `--json`. */
  warn(text: string): void;
  /** Writes the command's one machine-readable document; silent without `--json`. */
  document(value: object): void;
  style(style: Style, text: string): string;
}

export function openTerminal(options: { readonly json: boolean; readonly quiet?: boolean }): Terminal {
  const { stdout, stderr } = process;
  const silent = options.json || options.quiet === true;
  return {
    json: options.json,
    interactive: stdout.isTTY === true && !silent,
    // A terminal of unknown size reports 0, a pipe undefined.
    columns: stdout.columns || Number(process.env.COLUMNS) || 80,
    line(text = "") {
      if (!silent) stdout.write(`${forScreen(stdout, text)}\n`);
    },
    print(text) {
      stdout.write(text);
    },
    warn(text) {
      stderr.write(`${forScreen(stderr, text)}\n`);
    },
    document(value) {
      if (options.json) stdout.write(renderDocument(value));
    },
    style: (style, text) => styleText(style, text, { stream: stdout, validateStream: true }),
  };
}

/** Completes the commands that a text tells. Default: they are complete. */
let complete = (text: string): string => text;

/** From now on every line, and every `next` of a document, is completed in this way. */
export function completeCommands(by: (text: string) => string): void {
  complete = by;
}

/** A document as it is written to standard output. */
export function renderDocument(value: object): string {
  const completed = (key: string, one: unknown) => (key === "next" && typeof one === "string" ? complete(one) : one);
  return `${JSON.stringify(value, completed, 2)}\n`;
}

/** The text as it is written to a stream: only a terminal breaks lines, so that a log can be searched line by line. */
export function forScreen(stream: NodeJS.WriteStream, text: string): string {
  const completed = complete(text);
  return stream.isTTY ? wrapText(completed, stream.columns || 80) : completed;
}
