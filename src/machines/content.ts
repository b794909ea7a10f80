import { readFileSync } from "node:fs";
import { ExitCode, LorError } from "../core/errors.ts";
import type { GuestFile } from "./document.ts";

/** Values that a text may name as `@@name@@`. */
type Placeholders = Readonly<Record<string, string>>;

const placeholder = /@@([A-Za-z]+)@@/g;

/**
 * Text of a file of this folder, such as `prestashop/nginx.conf`, with its placeholders filled. The files stand on their own so
 * that the tools they are written for (shellcheck, nginx, php-fpm) can check them.
 *
 * @throws LorError `guest-content-defect` when the text names a value that is not given, or a given value is not named: a
 *   defect of this program, never of the settings.
 */
export function renderContent(path: string, values: Placeholders = {}): string {
  const used = new Set<string>();
  const text = readFileSync(new URL(path, import.meta.url), "utf8").replace(placeholder, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw defect(path, name);
    used.add(name);
    return value;
  });
  const unused = Object.keys(values).find((name) => !used.has(name));
  if (unused !== undefined) throw defect(path, unused);
  return text;
}

/** A file of a guest: a text of this folder with its placeholders filled. */
export function contentFile(path: string, mode: "0644" | "0755", source: string, values: Placeholders = {}): GuestFile {
  return { path, mode, content: renderContent(source, values) };
}

function defect(path: string, name: string): LorError {
  return new LorError({
    code: "guest-content-defect",
    message: `the guests' file ${path} and the values for it disagree on ${name}`,
    exit: ExitCode.failed,
    culprit: "tool",
    next: "run the same command with LOR_INFRA_DEBUG=1 and report what it prints",
  });
}
